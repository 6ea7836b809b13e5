#include "weights.hpp"

#include <vector>

namespace nram::discrete {

void weigh(LaneEvaluator& evaluator, std::span<Pack> packs,
           std::span<const Candidate* const> candidates, double least) {
  double total = 0.0;
  unsigned examples = 0;
  for (Pack& pack : packs) {
    std::array<unsigned, lanes> wrongs{};
    for (const Candidate* candidate : candidates) {
      const std::uint64_t wrong = evaluator.evaluate(*candidate, pack).wrong;
      for (unsigned lane = 0; lane < pack.count; ++lane) {
        wrongs[lane] += static_cast<unsigned>((wrong >> lane) & 1U);
      }
    }
    for (unsigned lane = 0; lane < pack.count; ++lane) {
      const double share = wrongs[lane] / static_cast<double>(candidates.size());
      const double weight = least + (1.0 - least) * share;
      pack.weight[lane] = static_cast<float>(weight);
      total += weight;
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
