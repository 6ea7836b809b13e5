#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <nram/engine/circuit.hpp>
#include <nram/model-io/model.hpp>

namespace nram {

/// What a selector of a model would probably choose.
struct LikelySources {
  std::string selector;  ///< "ADD[1]" for an argument, "r2" for a new register value
  /// The likeliest first, with their probabilities.
  std::vector<std::pair<std::string, float>> sources;
};

/// The probability of every candidate of every selector, as in SelectorLayout; one fewer than there
/// are logits, the last of which is of finishing.
std::vector<float> selector_probabilities(const Machine& machine, std::span<const float> logits);

/// The probability of finishing that these logits stand for.
float finish_probability(std::span<const float> logits);

/// What the selectors that matter in this circuit would choose: those of the arguments of modules
/// that matter (live_modules) and of all registers. Of each at most `most` sources, and none below
/// `least`, but always the likeliest. `probabilities` are as selector_probabilities() has them.
std::vector<LikelySources> likely_sources(const Machine& machine, const Circuit& circuit,
                                          std::span<const float> probabilities, std::size_t most,
                                          float least);

}  // namespace nram
