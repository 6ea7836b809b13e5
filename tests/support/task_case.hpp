#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include <nram/engine/modulus.hpp>

namespace nram::test {

/// A memory for one of the ten tasks and the whole memory a clean program must leave.
struct TaskCase {
  std::vector<Word> memory;
  std::vector<Word> expected;
};

/// A random input with n elements, nodes or directions (n ≥ 1) and some cells of trash. All values
/// are below the number of cells, so that every modulus from there on fits.
TaskCase random_task_case(const std::string& task, std::size_t n, std::mt19937_64& random);

}  // namespace nram::test
