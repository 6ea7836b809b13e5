#pragma once

// Which of the programs that fit is kept, and how far it can be trusted.

#include "poll.hpp"

#include <cstddef>
#include <span>
#include <vector>

#include <nram/engine/program.hpp>
#include <nram/trainer/grade.hpp>
#include <nram/trainer/random.hpp>
#include <nram/trainer/task.hpp>

namespace nram {

/// A program that passed every test.
struct Fit {
  Program program;
  std::size_t learned_cells = 0;  ///< the longest memory it was learned from; 0 = not known
};

struct Choice {
  std::size_t kept = 0;  ///< index of the fit
  Assessment assessment;
};

/// Of programs that fit, in the order in which they were found, the simplest that may be right on
/// longer inputs; the first, if the task draws examples as it likes, or where `poll` throws
/// Cancelled: no more is known of it then than that it fits. At least one.
Choice choose(const Task& task, std::span<const Fit> fits, const Random& random,
              const Poll& poll = {});

}  // namespace nram
