#pragma once

// Further inputs, made like the inputs of the examples.

#include "evidence/likeness.hpp"
#include "poll.hpp"

#include <optional>
#include <span>
#include <vector>

#include <nram/model-io/example.hpp>
#include <nram/trainer/random.hpp>

namespace nram {

/// Draws inputs by changing those of examples, and what came of that before: cells are put in and
/// taken out, values drawn anew or exchanged, cells that do not count changed, lists linked anew.
/// What breaks a relation that all examples have (see Likeness) is not drawn.
class Variations {
 public:
  /// Values of word examples may be anything between those of the examples, below 0 if these are
  /// signed; otherwise they stay below the number of cells.
  Variations(std::span<const Example> examples, bool words, Poll poll = {});

  /// An input that is no example, at most three times as long as the longest; `expected` has a
  /// value where the cell is likely to count, and the budget of steps is in proportion to the
  /// length. Nothing if none was found in a number of tries.
  [[nodiscard]] std::optional<Example> draw(Random& random);

  /// A smaller input made from this one, or nothing if a try fails.
  [[nodiscard]] std::optional<Example> shrink(const Example& input, Random& random) const;

 private:
  [[nodiscard]] bool is_possible(const Example& input) const;
  void change(Example& input, Random& random) const;
  [[nodiscard]] Word value(Random& random) const;
  [[nodiscard]] Word between(Word low, Word high, Random& random) const;
  [[nodiscard]] bool is_below_zero(Word value) const;

  void put_in(Example& input, Random& random) const;
  void take_out(Example& input, Random& random) const;
  void draw_values(Example& input, Random& random) const;
  void exchange(Example& input, Random& random) const;
  void change_unused(Example& input, Random& random) const;
  void change_parameter(Example& input, Random& random) const;
  void link_anew(Example& input, Random& random) const;

  std::vector<Example> pool_;  ///< the examples first
  std::size_t given_;          ///< how many these are
  std::size_t most_cells_ = 0;
  bool words_;
  Likeness likeness_;
  Poll poll_;
};

}  // namespace nram
