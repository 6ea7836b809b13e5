#include "discrete/cost/weights.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace nram::discrete {
namespace {

// By result and lane: how many candidates miss it.
std::vector<std::array<unsigned, lanes>> misses(LaneEvaluator& evaluator, const Pack& pack,
                                                std::span<const Candidate* const> candidates) {
  std::vector<std::array<unsigned, lanes>> counts(pack.results);
  for (const Candidate* candidate : candidates) {
    (void)evaluator.evaluate(*candidate, pack);
    for (unsigned k = 0; k < pack.results; ++k) {
      for (unsigned lane = 0; lane < pack.count; ++lane) {
        counts[k][lane] += evaluator.missed()[k][lane] & 1U;
      }
    }
  }
  return counts;
}

}  // namespace

void weigh(LaneEvaluator& evaluator, std::span<Pack> packs,
           std::span<const Candidate* const> candidates, double least) {
  double total = 0.0;
  unsigned examples = 0;
  for (Pack& pack : packs) {
    const auto missed = misses(evaluator, pack, candidates);
    // The weights of an example's results add up to a byte.
    const double most = std::min(16.0, std::floor(255.0 / std::max(1U, pack.results)));
    for (unsigned lane = 0; lane < pack.count; ++lane) {
      double sum = 0.0;
      unsigned results = 0;
      for (unsigned k = 0; k < pack.results; ++k) {
        if (pack.result_exists[k][lane] == 0) {
          continue;
        }
        const double share = missed[k][lane] / static_cast<double>(candidates.size());
        const double weight = std::max(1.0, std::round(most * (least + (1.0 - least) * share)));
        pack.result_weight[k][lane] = static_cast<std::uint8_t>(weight);
        sum += weight;
        ++results;
      }
      pack.result_share[lane] = static_cast<float>(1.0 / std::max(1.0, sum));
      pack.weight[lane] =
          static_cast<float>(results == 0 ? least : sum / (most * static_cast<double>(results)));
      total += pack.weight[lane];
      ++examples;
    }
  }
  const auto scale = static_cast<float>(examples / total);
  for (Pack& pack : packs) {
    for (float& weight : pack.weight) {
      weight *= scale;
    }
  }
}

}  // namespace nram::discrete
