#include "decision.hpp"

#include <algorithm>
#include <cmath>

namespace nram {

Decision decide(const SelectorLayout& layout, std::span<const float> logits) {
  Decision decision;
  decision.confidence.reserve(layout.arguments.size() + layout.registers.size() + 1);
  const auto choose = [&](const Selector& selector) {
    const auto candidates = logits.subspan(selector.first, selector.size);
    const auto winner = std::max_element(candidates.begin(), candidates.end());
    double sum = 0.0;
    for (const float logit : candidates) {
      sum += std::exp(double{logit} - double{*winner});
    }
    decision.confidence.push_back(static_cast<float>(1.0 / sum));
    return static_cast<Source>(winner - candidates.begin());
  };
  for (const Selector& selector : layout.arguments) {
    decision.circuit.arguments.push_back(choose(selector));
  }
  for (const Selector& selector : layout.registers) {
    decision.circuit.registers.push_back(choose(selector));
  }
  const float finish = logits[layout.finish];
  decision.finish = finish > 0.0F;
  decision.confidence.push_back(
      static_cast<float>(1.0 / (1.0 + std::exp(-std::abs(double{finish})))));
  return decision;
}

Circuit without_dead_arguments(const Machine& machine, Circuit circuit) {
  const std::vector<bool> live = live_modules(machine, circuit);
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    for (unsigned position = 0; !live[q] && position < machine.modules()[q].arity; ++position) {
      circuit.arguments[machine.first_argument(q) + position] = 0;
    }
  }
  return circuit;
}

}  // namespace nram
