#pragma once

// Examples of chosen levels as the soft machine takes them.

#include "attempts/attempt.hpp"

#include <cstddef>
#include <vector>

#include <nram/trainer/lane_batch.hpp>
#include <nram/trainer/random.hpp>

namespace nram {

/// Appends fresh examples of one level, which fill a lane group exactly. `settings` says what the
/// cells weigh that are not results, `extra_steps` and `parts` are as in PackSettings.
void add_level_group(const AttemptContext& context, const Settings& settings,
                     const Machine& machine, std::size_t level, unsigned extra_steps,
                     unsigned parts, Random& random, std::vector<LaneGroup>& batch);

}  // namespace nram
