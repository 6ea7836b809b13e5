#include "decision.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace nram {

Decision decide(const SelectorLayout& layout, std::span<const float> logits) {
  Decision decision;
  const auto choose = [&](const Selector& selector) {
    const auto candidates = logits.subspan(selector.first, selector.size);
    const auto winner = std::max_element(candidates.begin(), candidates.end());
    return static_cast<Source>(winner - candidates.begin());
  };
  for (const Selector& selector : layout.arguments) {
    decision.circuit.arguments.push_back(choose(selector));
  }
  for (const Selector& selector : layout.registers) {
    decision.circuit.registers.push_back(choose(selector));
  }
  decision.finish = logits[layout.finish] > 0.0F;
  return decision;
}

std::vector<float> confidence(const SelectorLayout& layout, std::span<const float> logits) {
  std::vector<float> probabilities;
  probabilities.reserve(layout.arguments.size() + layout.registers.size() + 1);
  const auto add = [&](const Selector& selector) {
    const auto candidates = logits.subspan(selector.first, selector.size);
    const double largest = *std::max_element(candidates.begin(), candidates.end());
    double sum = 0.0;
    for (const float logit : candidates) {
      // Of infinite logits each is as probable as the others; their difference is no number.
      sum += logit == largest ? 1.0 : std::exp(double{logit} - largest);
    }
    probabilities.push_back(static_cast<float>(1.0 / sum));
  };
  for (const Selector& selector : layout.arguments) {
    add(selector);
  }
  for (const Selector& selector : layout.registers) {
    add(selector);
  }
  const double finish = std::abs(double{logits[layout.finish]});
  probabilities.push_back(static_cast<float>(1.0 / (1.0 + std::exp(-finish))));
  return probabilities;
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

std::vector<std::string> selector_names(const Machine& machine) {
  std::vector<std::string> names;
  for (const Module& module : machine.modules()) {
    for (unsigned position = 0; position < module.arity; ++position) {
      names.push_back(fmt::format("{}[{}]", module.name, position));
    }
  }
  for (unsigned r = 0; r < machine.registers(); ++r) {
    names.push_back(fmt::format("r{}", r));
  }
  names.emplace_back("finish");
  return names;
}

}  // namespace nram
