#pragma once

// What the conditions under which an iteration goes on say about its values.

#include "iteration.hpp"

namespace nram::loops {

/// Replaces max(x, y) by x and min(x, y) by y for a y of 0 or 1 if a condition asks for x ≠ 0. (In
/// an iteration that leaves the loop this need not be right: it is not run as part of the loop.) Of
/// an x = a + k with a constant k, x ≠ 0 is taken for granted by a condition of its own.
void simplify_by_conditions(Iteration& iteration);

/// Drops conditions that always hold or occur twice; false if one never holds or two ask for
/// opposites.
bool reduce_conditions(Iteration& iteration);

}  // namespace nram::loops
