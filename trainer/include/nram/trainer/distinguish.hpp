#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <nram/engine/executor.hpp>
#include <nram/engine/modulus_rule.hpp>
#include <nram/engine/program.hpp>
#include <nram/model-io/example.hpp>
#include <nram/trainer/random.hpp>

namespace nram {

/// What one program made of an input.
struct Behaviour {
  RunResult result{};
  std::vector<Word> memory{};  ///< behind the run
  /// Whether it stopped by itself, or after as many steps as it says that it takes.
  bool finished = false;
};

/// Two programs on the same inputs. They behave differently if one finishes and the other does not,
/// or if both do and leave different memories. Numbers of steps do not count.
class BehaviourComparison {
 public:
  BehaviourComparison(const Program& a, const Program& b);

  /// Runs both on copies of the memory. A run that has not ended after 1000 steps and 100 a cell
  /// counts as one that does not finish. Precondition: values and number of cells are below, or at
  /// most, the modulus.
  [[nodiscard]] std::pair<Behaviour, Behaviour> run(const Example& input, Modulus modulus) const;

  /// How many steps a run on so many cells may take.
  [[nodiscard]] static std::uint64_t step_limit(std::size_t cells);

 private:
  struct Side {
    std::unique_ptr<Executor> executor;
    Meaning meaning;
  };
  [[nodiscard]] static Behaviour run(const Side& side, const Example& input, Modulus modulus);

  Side a_;
  Side b_;
};

bool differ(const std::pair<Behaviour, Behaviour>& behaviours);

/// An input on which two programs behave differently.
struct DifferingInput {
  Example input;  ///< memory, and registers if they are not all 0
  Modulus modulus = Modulus::word64();
  Behaviour a{};
  Behaviour b{};
};

/// Inputs to look for differences on.
struct InputSearch {
  /// Under which moduli; each input is tried with each of them that it fits.
  std::vector<ModulusRule> moduli{ModulusRule::word()};
  std::uint64_t count = 100'000;  ///< at most so many inputs
  std::uint64_t seed = 1;
  /// Draws input `i`, or nothing; later ones are larger. Without it, inputs are all small memories
  /// first, then random ones.
  std::function<std::optional<Example>(std::uint64_t i, Random& random)> draw{};
  /// Makes an input that was drawn smaller, so that it still is one; nothing if a try fails.
  std::function<std::optional<Example>(const Example& input, Random& random)> shrink{};
  /// Called often; what it throws ends the search and comes out.
  std::function<void()> poll{};
};

/// What a search has come to.
struct InputSearchResult {
  std::uint64_t tried = 0;  ///< inputs
  /// All memories of up to so many cells were tried, whose values are at most their number of cells
  /// (below it where that is the modulus).
  std::size_t exhaustive_cells = 0;
  std::optional<DifferingInput> found{};  ///< the smallest one
};

/// Looks for an input on which two programs behave differently, and makes it as small as it can:
/// fewer cells, smaller values. An input on which both finish is preferred to a smaller one on
/// which only one does. The same for the same arguments.
InputSearchResult find_differing_input(const Program& a, const Program& b,
                                       const InputSearch& search);

/// Inputs for InputSearch: those of the examples, then some made like them; `draw` and `shrink`.
/// Values of word examples may be anything between those of the examples; otherwise they stay below
/// the number of cells. At least one example.
void draw_like(std::span<const Example> examples, bool words, InputSearch& search);

}  // namespace nram
