#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nram/model-io/example.hpp>
#include <nram/trainer/random.hpp>
#include <nram/trainer/task.hpp>

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
  /// Values are below the number of cells even if the modulus is larger.
  bool small = false;

  /// The modulus that values of an example with so many cells have to be below.
  [[nodiscard]] Modulus modulus_for(std::size_t cells) const {
    return modulus.value_or(Modulus::of(cells));
  }
};

/// A task whose examples are generated, of any size: what all such tasks share is which sizes,
/// moduli, patterns and memories come up when.
class GeneratedTask : public Task {
 public:
  /// One example of exactly this shape, but for `n`, which is raised to min_n(). Example::steps is
  /// set.
  [[nodiscard]] virtual Example draw(Draw draw, Random& random) const = 0;

  /// The smallest problem size.
  [[nodiscard]] virtual std::size_t min_n() const = 0;
  /// How many sizes, from min_n on, are small; the curriculum of gradients has twice as many.
  [[nodiscard]] virtual std::size_t training_sizes() const = 0;

  /// An example of size n with random pattern, slack and trash.
  [[nodiscard]] Example draw_random(std::size_t n, std::optional<Modulus> modulus,
                                    Random& random) const;

  [[nodiscard]] std::optional<Arithmetic> arithmetic() const override { return Arithmetic::both; }
  [[nodiscard]] std::size_t levels() const override { return 2 * training_sizes(); }
  [[nodiscard]] std::size_t small_levels() const override { return training_sizes(); }
  /// Throws Error(data) if examples of one shape hardly ever have equally many cells.
  [[nodiscard]] std::vector<Example> draw_level(std::size_t level, std::size_t count,
                                                Random& random) const override;
  [[nodiscard]] std::vector<TestCase> draw_cases(std::size_t level, std::size_t count,
                                                 Word largest_modulus,
                                                 Random& random) const override;
  [[nodiscard]] std::vector<TestCase> draw_held_out(std::size_t count, std::size_t scale,
                                                    Random& random) const override;
};

/// A task made of one function.
///
///     // A[0..n-1], 0  ->  every A[i] becomes 0
///     const FunctionTask task("clear", [](const Draw& draw, Random& random) {
///       Example example;
///       example.memory.assign(draw.n + 1 + draw.slack, 0);
///       example.expected.assign(example.memory.size(), std::nullopt);
///       const Modulus modulus = draw.modulus_for(example.memory.size());
///       for (std::size_t i = 0; i < draw.n; ++i) {
///         example.memory[i] = random.between(1, modulus.largest());
///         example.expected[i] = 0;
///       }
///       return example;
///     });
class FunctionTask final : public GeneratedTask {
 public:
  /// Draws one example: of size `draw.n` in a memory with `draw.slack` cells behind what the task
  /// needs, values below draw.modulus_for(cells). `draw.values` and `draw.trash` are suggestions. A
  /// budget of steps may be left out, and is cells + 4 then.
  using Function = std::function<Example(const Draw& draw, Random& random)>;

  FunctionTask(std::string name, Function draw, std::size_t min_n = 1,
               std::size_t training_sizes = 4);

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::string_view summary() const override { return "examples of a function"; }
  [[nodiscard]] std::size_t min_n() const override { return min_n_; }
  [[nodiscard]] std::size_t training_sizes() const override { return training_sizes_; }
  [[nodiscard]] Example draw(Draw draw, Random& random) const override;

 private:
  std::string name_;
  Function draw_;
  std::size_t min_n_;
  std::size_t training_sizes_;
};

}  // namespace nram
