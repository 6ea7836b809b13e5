#include "soft/soft_table.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include <nram/model-io/controller_eval.hpp>

namespace nram {
namespace {

// Probability that a softened program takes from its choices.
constexpr double softness = 0.1;

// Replaces the logits of a selector by those of its most probable choice, softened.
void soften(std::span<float> logits) {
  const auto top = std::max_element(logits.begin(), logits.end());
  const double largest = *top;
  double total = 0.0;
  for (const float logit : logits) {
    total += std::exp(logit - largest);
  }
  const double even = 1.0 / static_cast<double>(logits.size());
  for (auto logit = logits.begin(); logit != logits.end(); ++logit) {
    const double hard = logit == top ? 1.0 - softness : 0.0;
    const double own = std::exp(*logit - largest) / total;
    *logit = static_cast<float>(std::log(hard + softness * (own + even) / 2.0));
  }
}

double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

// The rows of a table: of the logits, or of something for each of them.
template <typename T>
std::span<T> row_of(std::span<T> table, const SelectorLayout& layout, std::size_t mask) {
  return table.subspan(mask * layout.outputs, layout.outputs);
}

std::vector<Selector> selectors_of(const SelectorLayout& layout) {
  std::vector<Selector> selectors = layout.arguments;
  selectors.insert(selectors.end(), layout.registers.begin(), layout.registers.end());
  return selectors;
}

std::vector<float> softened(const Machine& machine, std::span<const float> table) {
  const SelectorLayout layout(machine);
  std::vector<float> soft(table.begin(), table.end());
  for (std::size_t mask = 0; mask < machine.masks(); ++mask) {
    const std::span<float> row = row_of(std::span(soft), layout, mask);
    for (const Selector& selector : selectors_of(layout)) {
      soften(row.subspan(selector.first, selector.size));
    }
    std::array<float, 2> finish = {0.0F, row[layout.finish]};
    soften(finish);
    row[layout.finish] = finish[1] - finish[0];
  }
  return soft;
}

}  // namespace

std::vector<float> soft_table(const Model& model) {
  std::vector<float> table;
  for (std::uint32_t mask = 0; mask < model.machine().masks(); ++mask) {
    const std::vector<float> logits = controller_outputs(model, zero_bits(model.machine(), mask));
    table.insert(table.end(), logits.begin(), logits.end());
  }
  return table;
}

Model model_of_table(const Machine& machine, std::span<const float> table) {
  const std::size_t masks = machine.masks();
  const std::size_t outputs = SelectorLayout(machine).outputs;
  std::vector<float> parameters;
  for (std::uint32_t mask = 0; mask < masks; ++mask) {
    for (unsigned r = 0; r < machine.registers(); ++r) {
      parameters.push_back(((mask >> r) & 1U) != 0 ? 1.0F : -1.0F);
    }
  }
  for (std::uint32_t mask = 0; mask < masks; ++mask) {
    parameters.push_back(1.0F - static_cast<float>(std::popcount(mask)));
  }
  for (std::size_t output = 0; output < outputs; ++output) {
    for (std::size_t mask = 0; mask < masks; ++mask) {
      parameters.push_back(table[mask * outputs + output]);
    }
  }
  parameters.insert(parameters.end(), outputs, 0.0F);
  const ControllerShape shape{
      ControllerKind::feed_forward, {static_cast<unsigned>(masks)}, Activation::relu};
  return {machine, shape, std::move(parameters)};
}

std::vector<float> informed_table(const Machine& machine, std::span<const float> table,
                                  std::span<const LaneGroup> batch, const CostSettings& cost,
                                  double rate, const std::function<void()>& poll) {
  const SelectorLayout layout(machine);
  const std::vector<float> soft = softened(machine, table);
  const Model model = model_of_table(machine, soft);
  const SoftMachine engine(machine, model.controller());
  SoftWorkspace workspace(false, poll);
  std::vector<float> gradient(engine.parameters());
  std::vector<float> informed(table.begin(), table.end());
  if (!engine.cost_and_gradient(model.parameters(), batch, cost, workspace, gradient).finite) {
    return informed;
  }
  // The unit of a mask has the mask's logits as its weights, which come after those of the units.
  const std::size_t masks = machine.masks();
  const auto weights = std::span(gradient).subspan(masks * (machine.registers() + std::size_t{1}));
  for (std::size_t mask = 0; mask < masks; ++mask) {
    const auto own = row_of(std::span(soft), layout, mask);
    // From the gradient of a logit to that of the probability, less its mean over the selector.
    std::vector<double> slope(layout.outputs);
    double squares = 0.0;
    for (unsigned k = 0; k < layout.outputs; ++k) {
      const double p = k == layout.finish ? sigmoid(own[k]) * sigmoid(-own[k]) : std::exp(own[k]);
      slope[k] = weights[k * masks + mask] / p;
      squares += slope[k] * slope[k];
    }
    const double deviation = std::sqrt(squares / layout.outputs);
    const auto row = row_of(std::span(informed), layout, mask);
    for (unsigned k = 0; deviation > 0.0 && k < layout.outputs; ++k) {
      row[k] -= static_cast<float>(rate * slope[k] / deviation);
    }
  }
  return informed;
}

}  // namespace nram
