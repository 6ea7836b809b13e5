#pragma once

#include "learning_run.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace nram::bench {

struct NeedOptions {
  LearningOptions learning;           ///< but for the number of examples
  std::vector<std::size_t> counts{};  ///< of examples that are tried, the smallest first
  std::uint64_t first_seed = 1;
  unsigned seeds = 10;
  unsigned wrong = 1;  ///< seeds that may be wrong
};

/// How many examples each task needs for all seeds but `wrong` to be right on inputs of ten times
/// as many elements: tries one count after the other, and leaves one at the first seed too many
/// that is wrong. Prints a line for every run, and one for every task.
void print_needed(const std::vector<std::string>& tasks, const NeedOptions& options);

}  // namespace nram::bench
