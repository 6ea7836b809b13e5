#pragma once

// The test that decides whether a program is a success.

#include "poll.hpp"

#include <nram/engine/program.hpp>
#include <nram/trainer/evaluation.hpp>
#include <nram/trainer/progress.hpp>
#include <nram/trainer/random.hpp>
#include <nram/trainer/task.hpp>

namespace nram {

/// The result of testing a program on held-out cases: first on a few, then, if these are all right,
/// on many that are harder.
struct AcceptanceResult {
  Score score;  ///< on the few
  bool passed = false;
};

/// Whether the program is right and stops by itself in all cases and, with `must_be_clean`, changes
/// no cell that is not a result. The generators say which cases come up. Runs that are cancelled by
/// `poll` end at once.
AcceptanceResult accept(const Program& program, const Task& task, bool must_be_clean,
                        Random testing, Random confirming, const Poll& poll = {});

}  // namespace nram
