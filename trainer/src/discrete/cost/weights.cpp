#include "discrete/cost/weights.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <variant>
#include <vector>

namespace nram::discrete {
namespace {

// By result and lane: how many candidates miss it.
using Misses = std::vector<std::array<unsigned, lane_count>>;

Misses misses(LaneEvaluator& evaluator, const ExampleBatch& batch,
              std::span<const Candidate* const> candidates) {
  Misses counts(batch.results);
  for (const Candidate* candidate : candidates) {
    (void)evaluator.evaluate(*candidate, batch);
    for (unsigned k = 0; k < batch.results; ++k) {
      for (unsigned lane = 0; lane < batch.count; ++lane) {
        counts[k][lane] += static_cast<unsigned>((evaluator.missed()[k] >> lane) & 1U);
      }
    }
  }
  return counts;
}

// Weighs the results of one batch, which `missed` candidates of `candidates` get wrong; the weights
// of an example's results add up to what an element holds.
template <typename Element>
void weigh_batch(ExampleBatch& batch, LaneExamples<Element>& lanes, const Misses& missed,
                 std::size_t candidates, double least) {
  const double most =
      std::min(16.0, std::floor(static_cast<double>(std::numeric_limits<Element>::max()) /
                                std::max(1U, batch.results)));
  for (unsigned lane = 0; lane < batch.count; ++lane) {
    double sum = 0.0;
    unsigned results = 0;
    for (unsigned k = 0; k < batch.results; ++k) {
      if (lanes.result_exists[k][lane] == 0) {
        continue;
      }
      const double share = missed[k][lane] / static_cast<double>(candidates);
      const double weight = std::max(1.0, std::round(most * (least + (1.0 - least) * share)));
      lanes.result_weight[k][lane] = static_cast<Element>(weight);
      sum += weight;
      ++results;
    }
    batch.result_share[lane] = static_cast<float>(1.0 / std::max(1.0, sum));
    batch.weight[lane] =
        static_cast<float>(results == 0 ? least : sum / (most * static_cast<double>(results)));
  }
}

}  // namespace

void weigh(LaneEvaluator& evaluator, std::span<ExampleBatch> batches,
           std::span<const Candidate* const> candidates, double least) {
  double total = 0.0;
  unsigned examples = 0;
  for (ExampleBatch& batch : batches) {
    const Misses missed = misses(evaluator, batch, candidates);
    std::visit([&](auto& lanes) { weigh_batch(batch, lanes, missed, candidates.size(), least); },
               batch.lanes);
    for (unsigned lane = 0; lane < batch.count; ++lane) {
      total += batch.weight[lane];
      ++examples;
    }
  }
  const auto scale = static_cast<float>(examples / total);
  for (ExampleBatch& batch : batches) {
    for (float& weight : batch.weight) {
      weight *= scale;
    }
  }
}

}  // namespace nram::discrete
