#pragma once

// Finds the loops of a program that can be vectorised: cycles of blocks, each with the way its
// branches go.

#include "plan.hpp"

#include <nram/engine/flow.hpp>

namespace nram::loops {

/// The loops of few steps, of each block those of fewest steps first; takes milliseconds at most.
Plans find_plans(const flow::Flow& flow);

}  // namespace nram::loops
