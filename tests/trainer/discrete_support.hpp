#pragma once

// Examples for tests of the discrete search.

#include "discrete/cost/example_batch.hpp"

#include <vector>

#include <nram/trainer/random.hpp>
#include <nram/trainer/task.hpp>

namespace nram::discrete {

/// Examples of all levels that are small enough for a batch.
inline std::vector<TestCase> draw(const Task& task, Random& random,
                                  std::size_t count = byte_lanes) {
  std::vector<TestCase> examples;
  while (examples.size() < count) {
    for (TestCase& test :
         task.draw_cases(random.below(task.small_levels()), 4, ExampleBatch::max_modulus, random)) {
      if (ExampleBatch::fits(test)) {
        examples.push_back(std::move(test));
      }
    }
  }
  return examples;
}

}  // namespace nram::discrete
