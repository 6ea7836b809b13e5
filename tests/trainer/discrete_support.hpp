#pragma once

// Examples and machines for tests of the discrete search.

#include "discrete/cost/example_batch.hpp"
#include "discrete/cost/lane_evaluator.hpp"

#include <vector>

#include <nram/engine/machine.hpp>
#include <nram/trainer/random.hpp>
#include <nram/trainer/task.hpp>

namespace nram::discrete {

/// Examples of all levels that are small enough for lanes of bytes.
inline std::vector<TestCase> draw(const Task& task, Random& random,
                                  std::size_t count = lane_count) {
  std::vector<TestCase> examples;
  while (examples.size() < count) {
    for (TestCase& test : task.draw_cases(random.below(task.small_levels()), 4,
                                          ExampleBatch::max_byte_modulus, random)) {
      if (ExampleBatch::width_of(test) == LaneWidth::bits8) {
        examples.push_back(std::move(test));
      }
    }
  }
  return examples;
}

/// WRITE before READ: a READ out of range undoes what its step has written.
inline Machine with_early_write() {
  const ModuleTable table = ModuleTable::standard();
  std::vector<Module> modules;
  for (const auto name : {"ONE", "WRITE", "INC", "READ", "ADD"}) {
    modules.push_back(*table.find(name));
  }
  return {2, modules};
}

/// Behavioural features count.
inline Penalties penalties_with_features() {
  Penalties penalties;
  penalties.features = 0.5;
  return penalties;
}

}  // namespace nram::discrete
