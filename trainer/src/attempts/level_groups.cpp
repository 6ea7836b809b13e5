#include "attempts/level_groups.hpp"

#include <utility>

namespace nram {

void add_level_group(const AttemptContext& context, const Settings& settings,
                     const Machine& machine, std::size_t level, unsigned extra_steps,
                     unsigned parts, Random& random, std::vector<LaneGroup>& batch) {
  PackSettings pack;
  pack.extra_steps = extra_steps;
  pack.preserve_weight =
      settings.cost.preserve ? static_cast<float>(settings.cost.preserve_weight) : 0.0F;
  pack.parts = parts;
  const std::vector<Example> examples = context.task.draw_level(level, LaneGroup::lanes, random);
  for (LaneGroup& group : pack_lanes(machine, examples, pack)) {
    batch.push_back(std::move(group));
  }
}

}  // namespace nram
