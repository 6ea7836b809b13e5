#pragma once

#include <span>
#include <string>
#include <vector>

#include <nram/engine/circuit.hpp>
#include <nram/model-io/model.hpp>

namespace nram {

/// What the hard machine makes of one step's logits.
struct Decision {
  Circuit circuit;
  bool finish = false;

  friend bool operator==(const Decision&, const Decision&) = default;
};

/// The argmax of every selector (the lowest index of equals); finish if its logit is above 0.
Decision decide(const SelectorLayout& layout, std::span<const float> logits);

/// The probability of what `decide` has chosen, for each argument, each register, finish.
std::vector<float> confidence(const SelectorLayout& layout, std::span<const float> logits);

/// The circuit with r0 for every argument of a module that does not matter (see live_modules), so
/// that circuits that do the same are equal.
Circuit without_dead_arguments(const Machine& machine, Circuit circuit);

/// "ADD[1]" for each argument, "r2" for each register, "finish".
std::vector<std::string> selector_names(const Machine& machine);

}  // namespace nram
