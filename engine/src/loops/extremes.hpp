#pragma once

// The smaller or larger of two values that drift apart.

#include "iteration.hpp"

namespace nram::loops {

/// Replaces min(x, y) and max(x, y), where every iteration adds a known number to x and another one
/// to y, by the one of the two that it is from some iteration on: of max(i, 7) the i, if i grows.
/// That it is so already becomes a condition for going on in the loop. (A max of two addresses is
/// no address that goes from cell to cell; one of them is.) Returns whether anything was replaced;
/// the iteration then describes the later part of the loop only.
bool decide_extremes(Iteration& iteration);

}  // namespace nram::loops
