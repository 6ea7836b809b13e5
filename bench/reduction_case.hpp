#pragma once

#include <cstddef>
#include <random>
#include <string>

#include <support/task_case.hpp>

namespace nram::bench {

/// The tasks of samples/tasks whose loops are reductions: sum, maximum, prefix-sums.
bool is_reduction(const std::string& task);

/// A random input of n elements for one of them, and the whole memory that must come out.
test::TaskCase reduction_case(const std::string& task, std::size_t n, std::mt19937_64& random);

}  // namespace nram::bench
