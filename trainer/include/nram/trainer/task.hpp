#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nram/model-io/example.hpp>
#include <nram/trainer/random.hpp>

namespace nram {

/// How the free values of an example are chosen; all but `random` are there to find programs that
/// are right by luck only.
enum class ValuePattern : std::uint8_t { random, equal, ascending, descending, largest };

/// The shape of one example to draw.
struct Draw {
  std::size_t n = 1;      ///< problem size: elements, list nodes, depth of the walk...
  std::size_t slack = 0;  ///< cells behind everything the task needs (0 = the tightest memory)
  ValuePattern values = ValuePattern::random;
  bool trash = true;  ///< cells that mean nothing hold random values instead of 0
  /// The modulus the example is for; nothing = its number of cells. Bounds the values.
  std::optional<Modulus> modulus{};
};

/// An example to test a hard program on, and the modulus to run it with (nothing = its cells).
struct TestCase {
  Example example;
  std::optional<Modulus> modulus{};
};

/// A way to get examples. The trainer and every test see a task through this door only, so that a
/// built-in task and a user's file of examples are the same thing to them.
class Task {
 public:
  virtual ~Task() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view summary() const = 0;

  /// The number of difficulty levels for training, ≥ 1. Level 0 is the easiest. The curriculum of
  /// gradients goes over all of them.
  [[nodiscard]] virtual std::size_t levels() const = 0;

  /// The levels from 0 on whose examples are small: what the search learns from. From 1 to
  /// levels().
  [[nodiscard]] virtual std::size_t small_levels() const { return levels(); }

  /// Whether draw_level() may be called: the examples are small enough for the soft machine.
  [[nodiscard]] virtual bool differentiable() const { return true; }

  /// `count` examples of a level with the same number of cells and, for all of them, the same
  /// budget of steps (Example::steps is set). Sizes vary from call to call: the curriculum goes
  /// over lengths and moduli.
  [[nodiscard]] virtual std::vector<Example> draw_level(std::size_t level, std::size_t count,
                                                        Random& random) const = 0;

  /// `count` examples of a level, each with the modulus it is for: its number of cells, or one
  /// above that (up to `largest_modulus`, or 2^64 if its values ask for it), where addresses can be
  /// out of range (as they can in the natural wrap-around of words). Example::steps is set. `count`
  /// ≥ 1.
  [[nodiscard]] virtual std::vector<TestCase> draw_cases(std::size_t level, std::size_t count,
                                                         Word largest_modulus,
                                                         Random& random) const = 0;

  /// Examples the trainer never trains on: longer, with other moduli, with structured values.
  /// `scale` ≥ 1 asks for harder ones.
  [[nodiscard]] virtual std::vector<TestCase> draw_held_out(std::size_t count, std::size_t scale,
                                                            Random& random) const = 0;
};

/// A built-in task (machine.md, "The ten tasks"): a named generator of examples.
class BuiltinTask final : public Task {
 public:
  /// One row of the table of tasks.
  struct Row {
    std::string_view name;
    std::string_view summary;    ///< input memory → result
    unsigned registers;          ///< of the smallest feed-forward program known for it
    std::size_t min_n;           ///< the smallest problem size
    std::size_t training_sizes;  ///< how many sizes, from min_n on, are small; the curriculum of
                                 ///< gradients has twice as many
    std::size_t steps_constant;  ///< training budget of steps: constant + per_n · n
    std::size_t steps_per_n;
    Example (*draw)(const Draw& draw, Random& random);
  };

  explicit constexpr BuiltinTask(const Row& row) : row_(&row) {}

  [[nodiscard]] std::string_view name() const override { return row_->name; }
  [[nodiscard]] std::string_view summary() const override { return row_->summary; }
  [[nodiscard]] std::size_t levels() const override { return 2 * row_->training_sizes; }
  [[nodiscard]] std::size_t small_levels() const override { return row_->training_sizes; }
  [[nodiscard]] std::vector<Example> draw_level(std::size_t level, std::size_t count,
                                                Random& random) const override;
  [[nodiscard]] std::vector<TestCase> draw_cases(std::size_t level, std::size_t count,
                                                 Word largest_modulus,
                                                 Random& random) const override;
  [[nodiscard]] std::vector<TestCase> draw_held_out(std::size_t count, std::size_t scale,
                                                    Random& random) const override;
  /// The registers of the smallest feed-forward program known for the task; information for
  /// people, which the trainer does not see.
  [[nodiscard]] unsigned registers() const { return row_->registers; }

  /// One example of exactly this shape; `draw.n` is raised to the task's smallest size.
  /// Example::steps is set to the training budget.
  [[nodiscard]] Example draw(Draw draw, Random& random) const;
  /// An example of size n with random pattern, slack and trash.
  [[nodiscard]] Example draw_random(std::size_t n, std::optional<Modulus> modulus,
                                    Random& random) const;
  [[nodiscard]] std::size_t min_n() const { return row_->min_n; }

 private:
  const Row* row_;
};

/// The ten tasks of the paper.
std::span<const BuiltinTask> builtin_tasks();

/// The built-in task of this name, or null.
const BuiltinTask* find_task(std::string_view name);

/// A task given by examples only (a user's file). The longest fifth of the examples is held out;
/// every distinct memory length of the others is a level.
///
/// If every value is below its example's number of cells, a program must be right modulo that
/// number and modulo larger ones, which is how it will be run on other data. Otherwise the values
/// are words: a program must be right modulo numbers above all of them.
class ExamplesTask final : public Task {
 public:
  /// Throws Error(data) if there are fewer than 2 examples, or two examples with equal input
  /// contradict each other; the message names both.
  ExamplesTask(std::string name, std::vector<Example> examples);

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::string_view summary() const override { return "examples from a file"; }
  [[nodiscard]] std::size_t levels() const override { return levels_.size(); }
  [[nodiscard]] std::vector<Example> draw_level(std::size_t level, std::size_t count,
                                                Random& random) const override;
  [[nodiscard]] std::vector<TestCase> draw_cases(std::size_t level, std::size_t count,
                                                 Word largest_modulus,
                                                 Random& random) const override;
  /// All held-out examples, or `count` of them drawn at random if there are more; `scale` has no
  /// effect, as there are no harder ones to be had.
  [[nodiscard]] std::vector<TestCase> draw_held_out(std::size_t count, std::size_t scale,
                                                    Random& random) const override;

  [[nodiscard]] bool differentiable() const override { return differentiable_; }
  /// Whether some value is not below its example's number of cells.
  [[nodiscard]] bool words() const { return words_; }
  [[nodiscard]] std::size_t training_examples() const;
  [[nodiscard]] std::size_t held_out_examples() const { return held_out_.size(); }

 private:
  std::string name_;
  bool words_ = false;
  bool differentiable_ = true;
  std::vector<std::vector<Example>> levels_;  ///< by memory length, shortest first
  std::vector<Example> held_out_;
};

}  // namespace nram
