#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <nram/model-io/model.hpp>

namespace nram {

/// What an LSTM controller carries from step to step.
struct LstmState {
  std::vector<float> hidden;
  std::vector<float> cell;

  /// The state every run starts in: all zeros. Empty for a feed-forward controller.
  static LstmState start(const ControllerShape& controller);
};

/// The controller's input under a mask: 1 for every register that is zero, 0 for the others.
std::vector<float> zero_bits(const Machine& machine, std::uint32_t mask);

/// Evaluates a model's controller once, one example at a time: the plain definition that the
/// exporter uses and that faster implementations are tested against. Sums are formed in double
/// precision in a fixed order, so results do not depend on the computer or compiler options.
///
/// `zero_probabilities` holds P(r_i = 0) for each register. Returns the S logits in the order of
/// SelectorLayout. An LSTM controller reads and replaces `state`; a feed-forward one ignores it.
/// Throws Error(usage) if the sizes of input or state do not fit the model. O(parameters).
std::vector<float> controller_outputs(const Model& model, std::span<const float> zero_probabilities,
                                      LstmState& state);

/// The same for a first step: an LSTM starts from zeros.
std::vector<float> controller_outputs(const Model& model,
                                      std::span<const float> zero_probabilities);

}  // namespace nram
