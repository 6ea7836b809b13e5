#include "decision.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <nram/model-io/likely_sources.hpp>

namespace nram {
namespace {

// The softmax of one selector, behind the others.
void add_softmax(std::span<const float> logits, std::vector<float>& probabilities) {
  const double largest = *std::max_element(logits.begin(), logits.end());
  // Of infinite logits each is as probable as the others; their difference is no number.
  const auto weight = [&](float logit) {
    return logit == largest ? 1.0 : std::exp(double{logit} - largest);
  };
  double sum = 0.0;
  for (const float logit : logits) {
    sum += weight(logit);
  }
  for (const float logit : logits) {
    probabilities.push_back(static_cast<float>(weight(logit) / sum));
  }
}

LikelySources likeliest(const Machine& machine, std::string selector,
                        std::span<const float> probabilities, std::size_t most, float least) {
  std::vector<Source> order(probabilities.size());
  std::iota(order.begin(), order.end(), Source{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](Source a, Source b) { return probabilities[a] > probabilities[b]; });
  LikelySources likely{std::move(selector), {}};
  for (const Source source : order) {
    const bool first = likely.sources.empty();
    if (!first && (likely.sources.size() >= most || probabilities[source] < least)) {
      break;
    }
    likely.sources.emplace_back(machine.source_name(source), probabilities[source]);
  }
  return likely;
}

}  // namespace

std::vector<float> selector_probabilities(const Machine& machine, std::span<const float> logits) {
  const SelectorLayout layout(machine);
  std::vector<float> probabilities;
  probabilities.reserve(logits.size());
  for (const Selector& selector : layout.arguments) {
    add_softmax(logits.subspan(selector.first, selector.size), probabilities);
  }
  for (const Selector& selector : layout.registers) {
    add_softmax(logits.subspan(selector.first, selector.size), probabilities);
  }
  return probabilities;
}

float finish_probability(std::span<const float> logits) {
  return static_cast<float>(1.0 / (1.0 + std::exp(-double{logits.back()})));
}

std::vector<LikelySources> likely_sources(const Machine& machine, const Circuit& circuit,
                                          std::span<const float> probabilities, std::size_t most,
                                          float least) {
  const SelectorLayout layout(machine);
  const std::vector<std::string> names = selector_names(machine);
  const std::vector<bool> live = live_modules(machine, circuit);
  std::vector<LikelySources> all;
  const auto add = [&](std::size_t name, const Selector& selector) {
    all.push_back(likeliest(machine, names[name],
                            probabilities.subspan(selector.first, selector.size), most, least));
  };
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    for (unsigned position = 0; live[q] && position < machine.modules()[q].arity; ++position) {
      const unsigned argument = machine.first_argument(q) + position;
      add(argument, layout.arguments[argument]);
    }
  }
  for (unsigned r = 0; r < machine.registers(); ++r) {
    add(machine.arguments() + r, layout.registers[r]);
  }
  return all;
}

}  // namespace nram
