#pragma once

// Which arithmetic examples are for, as far as they tell.

#include <span>
#include <string>

#include <nram/engine/meaning.hpp>
#include <nram/model-io/example.hpp>

namespace nram {

/// What examples say, and why, as a clause.
struct ArithmeticFound {
  Arithmetic arithmetic = Arithmetic::both;
  std::string reason;
};

/// `word` if a value is not below the number of its cells; `cells` if the cells that change hold a
/// sum or difference that wrapped round at the number of cells (the same one in all examples, too
/// often for chance); otherwise `both`, as nothing contradicts either. O(cells · features).
ArithmeticFound find_arithmetic(std::span<const Example> examples);

}  // namespace nram
