#pragma once

// How much each example and each of its results counts while the search is at it.

#include "discrete/cost/lane_evaluator.hpp"

#include <span>

namespace nram::discrete {

/// Makes the results that few of the candidates get right count more: each weighs `least` and the
/// share of candidates that are wrong on it (to within a 16th or, in lanes of bytes, the number of
/// results / 255, whichever is more), each example as much as its results do on average, scaled to
/// a mean of 1. Otherwise a program that is right in all of the special cases (one part before the
/// other, all values equal) beats the first steps of one that is right in all, and nothing leads
/// from there to here. The ideas are boosting's and fitness sharing's: what everybody knows is
/// worth less.
///
/// `candidates` is not empty; 0 < `least` ≤ 1, and at 1 all results weigh the same.
void weigh(LaneEvaluator& evaluator, std::span<ExampleBatch> batches,
           std::span<const Candidate* const> candidates, double least);

}  // namespace nram::discrete
