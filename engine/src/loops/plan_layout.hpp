#pragma once

// From expressions to the nodes of a plan: the order in which they are computed, and what an
// executor should know of each.

#include "iteration.hpp"
#include "plan.hpp"
#include "recurrences.hpp"

namespace nram::loops {

/// The plan of a loop, but for its blocks.
Plan lay_out(const Iteration& iteration, const Recurrences& recurrences);

}  // namespace nram::loops
