#pragma once

// All executors on one trial, against the reference.

#include "trial.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace nram::test {

/// What did not do as the reference did.
struct Finding {
  std::string executor;  ///< "jit", "interpreter, some passes", "jit, rows of an array", ...
  Speculation speculation = Speculation::worthwhile;
  std::size_t memory = 0;  ///< of the trial
  RunRecord expected;
  RunRecord got;
};

/// The first executor that does not show what the reference shows on a memory of the trial; nothing
/// if all agree. Each memory is run alone, and, unless the trial asks for progress, as a row among
/// the others. Compiles the program, which takes milliseconds.
std::optional<Finding> compare_executors(const Trial& trial);

}  // namespace nram::test
