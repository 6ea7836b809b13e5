#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nram/engine/meaning.hpp>
#include <nram/engine/order.hpp>
#include <nram/model-io/example.hpp>
#include <nram/trainer/random.hpp>

namespace nram {

/// An example to test a hard program on, and the modulus to run it with (nothing = its cells).
struct TestCase {
  Example example;
  std::optional<Modulus> modulus{};
};

/// The largest budget of steps of an example with that many cells: what needs more cannot be told
/// from what never stops while there is still something to learn.
constexpr std::uint64_t largest_budget(std::size_t cells) {
  constexpr std::uint64_t always = 1000000;
  constexpr std::uint64_t per_cell = 1000;
  return cells < always / per_cell ? always : per_cell * cells;
}

/// A way to get examples. The trainer and every test see a task through this door only, so that a
/// built-in task and a user's file of examples are the same thing to them. Most tasks of one's own
/// are an ExamplesTask (a vector of examples) or a FunctionTask (a function that draws one).
///
/// train() checks what is drawn: as many examples as asked for, each with as many expected cells as
/// memory has, a budget of steps (at most largest_budget()), and values below its modulus; it
/// throws Error(data), naming the task and the field, otherwise.
class Task {
 public:
  virtual ~Task() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view summary() const = 0;

  /// Which arithmetic its examples test: `both` if draw_held_out() has some for their numbers of
  /// cells and some for words (2^32, 2^64). What is learned says so, and is run accordingly.
  /// Nothing: it does not say; then programs run with `word`.
  [[nodiscard]] virtual std::optional<Arithmetic> arithmetic() const { return std::nullopt; }

  /// Why it is that, for people; empty if that needs no reason.
  [[nodiscard]] virtual std::string arithmetic_reason() const { return {}; }

  /// How the numbers of its examples compare: in signed ones, values from half the modulus on are
  /// negative.
  [[nodiscard]] virtual Order order() const { return Order::unsigned_numbers; }

  /// Numbers other than 0, 1 and 2 that programs may need: the machine to learn with gets a CONST
  /// for each. What is drawn with a modulus above the number of cells has one above these, too.
  [[nodiscard]] virtual std::vector<Word> constants() const { return {}; }

  /// The number of difficulty levels for training, ≥ 1. Level 0 is the easiest. The curriculum of
  /// gradients goes over all of them.
  [[nodiscard]] virtual std::size_t levels() const = 0;

  /// The levels from 0 on whose examples are small: what the search learns from. From 1 to
  /// levels().
  [[nodiscard]] virtual std::size_t small_levels() const { return levels(); }

  /// Registers that examples set at the start, at most: machines to learn with have at least so
  /// many.
  [[nodiscard]] virtual unsigned initial_registers() const { return 0; }

  /// Whether the budgets of steps in draw_cases() are limits that what is learned has to keep.
  /// Otherwise the search gives programs that are not the shortest some room.
  [[nodiscard]] virtual bool strict_budgets() const { return false; }

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

  /// How many ways there are to divide the examples into those to learn from and those held out,
  /// ≥ 1. A later stage learns from more: it has its turn where the ones before it led to nothing.
  [[nodiscard]] virtual std::size_t stages() const { return 1; }

  /// The task as one of its stages has it, with those that come after it as its own stages; 0 is
  /// the task itself. Lives as long as the task. Precondition: stage < stages().
  [[nodiscard]] virtual const Task& stage(std::size_t /*stage*/) const { return *this; }

  /// The longest memory that is learned from, in cells, where that is known.
  [[nodiscard]] virtual std::optional<std::size_t> learned_cells() const { return std::nullopt; }

  /// All examples, if there are no others to be had: those of a file. Empty for a task that draws
  /// as many as it is asked for. What fits these may not be what was meant, so the trainer goes on
  /// to look for other programs that fit, and compares.
  [[nodiscard]] virtual std::span<const Example> examples() const { return {}; }
};

}  // namespace nram
