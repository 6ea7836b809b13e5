#include "soft_table.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include <nram/model-io/controller_eval.hpp>

namespace nram {
namespace {

// The distributions of one row: of all module arguments and registers, and the probabilities of
// going on and of finishing.
std::vector<Selector> selectors_of(const SelectorLayout& layout) {
  std::vector<Selector> selectors = layout.arguments;
  selectors.insert(selectors.end(), layout.registers.begin(), layout.registers.end());
  return selectors;
}

void soften(std::span<float> logits, const TableGradient& settings) {
  const auto top = std::max_element(logits.begin(), logits.end());
  const float largest = *top;
  double total = 0.0;
  for (const float logit : logits) {
    total += std::exp(static_cast<double>(logit - largest));
  }
  const double spread = settings.softness / static_cast<double>(logits.size());
  for (auto it = logits.begin(); it != logits.end(); ++it) {
    const double plain = std::exp(static_cast<double>(*it - largest)) / total;
    const double p = settings.hardness * (it == top ? 1.0 : 0.0) + (1 - settings.hardness) * plain;
    *it = static_cast<float>(std::log((1.0 - settings.softness) * p + spread));
  }
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
                                  const TableGradient& settings) {
  const SelectorLayout layout(machine);
  const std::vector<Selector> selectors = selectors_of(layout);
  const std::size_t masks = machine.masks();
  std::vector<float> soft(table.begin(), table.end());
  for (std::size_t mask = 0; mask < masks; ++mask) {
    const auto row = std::span(soft).subspan(mask * layout.outputs, layout.outputs);
    for (const Selector& selector : selectors) {
      soften(row.subspan(selector.first, selector.size), settings);
    }
    std::array<float, 2> finish = {0.0F, row[layout.finish]};
    soften(finish, settings);
    row[layout.finish] = finish[1] - finish[0];
  }
  const Model model = model_of_table(machine, soft);
  const SoftMachine engine(machine, model.controller());
  SoftWorkspace workspace;
  std::vector<float> gradient(engine.parameters());
  if (!engine.cost_and_gradient(model.parameters(), batch, cost, workspace, gradient).finite) {
    return {table.begin(), table.end()};
  }
  const std::size_t first = masks * (machine.registers() + std::size_t{1});
  std::vector<float> informed(table.begin(), table.end());
  for (std::size_t mask = 0; mask < masks; ++mask) {
    const auto row = std::span(soft).subspan(mask * layout.outputs, layout.outputs);
    // The rise of the cost with the probability of each choice, less the mean over the selector.
    std::vector<double> slope(layout.outputs);
    double squares = 0.0;
    for (const Selector& selector : selectors) {
      for (unsigned k = selector.first; k < selector.first + selector.size; ++k) {
        slope[k] = gradient[first + k * masks + mask] / std::exp(static_cast<double>(row[k]));
        squares += slope[k] * slope[k];
      }
    }
    const double f = 1.0 / (1.0 + std::exp(-static_cast<double>(row[layout.finish])));
    slope[layout.finish] = gradient[first + layout.finish * masks + mask] / (f * (1.0 - f));
    squares += slope[layout.finish] * slope[layout.finish];
    const double deviation = std::sqrt(squares / layout.outputs);
    for (unsigned k = 0; deviation > 0.0 && k < layout.outputs; ++k) {
      informed[mask * layout.outputs + k] -=
          static_cast<float>(settings.rate * slope[k] / deviation);
    }
  }
  return informed;
}

}  // namespace nram
