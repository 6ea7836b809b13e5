#include "discrete/cost/weights.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace nram::discrete {
namespace {

// By result and lane: how many candidates miss it.
std::vector<std::array<unsigned, byte_lanes>> misses(LaneEvaluator& evaluator,
                                                     const ExampleBatch& batch,
                                                     std::span<const Candidate* const> candidates) {
  std::vector<std::array<unsigned, byte_lanes>> counts(batch.results);
  for (const Candidate* candidate : candidates) {
    (void)evaluator.evaluate(*candidate, batch);
    for (unsigned k = 0; k < batch.results; ++k) {
      for (unsigned lane = 0; lane < batch.count; ++lane) {
        counts[k][lane] += evaluator.missed()[k][lane] & 1U;
      }
    }
  }
  return counts;
}

}  // namespace

void weigh(LaneEvaluator& evaluator, std::span<ExampleBatch> batches,
           std::span<const Candidate* const> candidates, double least) {
  double total = 0.0;
  unsigned examples = 0;
  for (ExampleBatch& batch : batches) {
    const auto missed = misses(evaluator, batch, candidates);
    // The weights of an example's results add up to a byte.
    const double most = std::min(16.0, std::floor(255.0 / std::max(1U, batch.results)));
    for (unsigned lane = 0; lane < batch.count; ++lane) {
      double sum = 0.0;
      unsigned results = 0;
      for (unsigned k = 0; k < batch.results; ++k) {
        if (batch.result_exists[k][lane] == 0) {
          continue;
        }
        const double share = missed[k][lane] / static_cast<double>(candidates.size());
        const double weight = std::max(1.0, std::round(most * (least + (1.0 - least) * share)));
        batch.result_weight[k][lane] = static_cast<std::uint8_t>(weight);
        sum += weight;
        ++results;
      }
      batch.result_share[lane] = static_cast<float>(1.0 / std::max(1.0, sum));
      batch.weight[lane] =
          static_cast<float>(results == 0 ? least : sum / (most * static_cast<double>(results)));
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
