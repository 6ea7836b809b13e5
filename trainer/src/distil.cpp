#include <bit>
#include <cmath>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/distil.hpp>

namespace nram {
namespace {

// One hidden unit belongs to each row of the program's table: state * masks + mask.
struct Rows {
  const Program& program;
  std::uint32_t masks;
  std::uint32_t count;

  explicit Rows(const Program& p)
      : program(p), masks(p.machine().masks()), count(p.states() * masks) {}

  [[nodiscard]] std::uint32_t state(std::uint32_t row) const { return row / masks; }
  [[nodiscard]] std::uint32_t mask(std::uint32_t row) const { return row % masks; }
  [[nodiscard]] const Transition& transition(std::uint32_t row) const {
    return program.transition(state(row), mask(row));
  }

  // How a unit recognises its mask among the zero bits x: Σ weight_r x_r + bias is 0 under its mask
  // and -1 or less under any other.
  [[nodiscard]] float mask_weight(std::uint32_t row, unsigned r) const {
    return ((mask(row) >> r) & 1U) != 0 ? 1.0F : -1.0F;
  }
  [[nodiscard]] float mask_bias(std::uint32_t row) const {
    return -static_cast<float>(std::popcount(mask(row)));
  }
};

// selectors.weight [S, rows] and a bias of 0: `logit` for what a row chooses.
void append_selectors(const Rows& rows, float logit, std::vector<float>& parameters) {
  const SelectorLayout layout(rows.program.machine());
  std::vector<float> weights(static_cast<std::size_t>(layout.outputs) * rows.count, 0.0F);
  for (std::uint32_t row = 0; row < rows.count; ++row) {
    const Transition& transition = rows.transition(row);
    const Circuit& circuit = rows.program.circuits()[transition.circuit];
    const auto weight = [&](unsigned output) -> float& {
      return weights[static_cast<std::size_t>(output) * rows.count + row];
    };
    for (std::size_t i = 0; i < circuit.arguments.size(); ++i) {
      weight(layout.arguments[i].first + circuit.arguments[i]) = logit;
    }
    for (std::size_t r = 0; r < circuit.registers.size(); ++r) {
      weight(layout.registers[r].first + circuit.registers[r]) = logit;
    }
    weight(layout.finish) = transition.finish ? logit : -logit;
  }
  parameters.insert(parameters.end(), weights.begin(), weights.end());
  parameters.insert(parameters.end(), layout.outputs, 0.0F);
}

std::vector<float> feed_forward(const Rows& rows, float certainty) {
  const unsigned registers = rows.program.machine().registers();
  std::vector<float> parameters;
  for (std::uint32_t row = 0; row < rows.count; ++row) {
    for (unsigned r = 0; r < registers; ++r) {
      parameters.push_back(rows.mask_weight(row, r));
    }
  }
  for (std::uint32_t row = 0; row < rows.count; ++row) {
    parameters.push_back(rows.mask_bias(row) + 1.0F);
  }
  append_selectors(rows, certainty, parameters);
  return parameters;
}

// A unit's input gate opens when its mask is there and the unit that was on in the step before
// leads to its state; the other gates are constant, so that the cell forgets at once and `hidden`
// is tanh(1) for the unit that is on and 0 for the others, as all are before the first step.
std::vector<float> lstm(const Rows& rows, float certainty) {
  constexpr float steepness = 40.0F;  // a gate is open or shut to within 3e-9
  const float on = std::tanh(1.0F);
  const unsigned registers = rows.program.machine().registers();
  const std::size_t units = rows.count;
  std::vector<float> weight_ih(4 * units * registers, 0.0F);
  std::vector<float> weight_hh(4 * units * units, 0.0F);
  std::vector<float> bias(4 * units, 0.0F);
  for (std::uint32_t row = 0; row < rows.count; ++row) {
    for (unsigned r = 0; r < registers; ++r) {
      weight_ih[std::size_t{row} * registers + r] = steepness * rows.mask_weight(row, r);
    }
    // The first state is where a run begins, with no unit on: it has to be left, not entered.
    const bool first = rows.state(row) == 0;
    for (std::uint32_t before = 0; before < rows.count; ++before) {
      const bool leads_here = rows.transition(before).next_state == rows.state(row);
      const float sign = first ? (leads_here ? 0.0F : -1.0F) : (leads_here ? 1.0F : 0.0F);
      weight_hh[row * units + before] = steepness * sign / on;
    }
    bias[row] = steepness * (rows.mask_bias(row) + (first ? 0.5F : -0.5F));
    bias[units + row] = -steepness;
    bias[2 * units + row] = steepness;
    bias[3 * units + row] = steepness;
  }
  std::vector<float> parameters = std::move(weight_ih);
  parameters.insert(parameters.end(), weight_hh.begin(), weight_hh.end());
  parameters.insert(parameters.end(), bias.begin(), bias.end());
  parameters.insert(parameters.end(), 4 * units, 0.0F);  // the second bias
  append_selectors(rows, certainty / on, parameters);
  return parameters;
}

}  // namespace

Model distil(const Program& program, std::map<std::string, std::string> metadata, float certainty) {
  const Rows rows(program);
  if (rows.count > Model::max_hidden) {
    throw Error(ErrorKind::usage,
                fmt::format("a program of {} transitions does not fit a controller of at most {} "
                            "hidden units",
                            rows.count, Model::max_hidden));
  }
  const bool recurrent = program.states() > 1;
  const ControllerShape shape{recurrent ? ControllerKind::lstm : ControllerKind::feed_forward,
                              {rows.count},
                              Activation::relu};
  return {program.machine(), shape,
          recurrent ? lstm(rows, certainty) : feed_forward(rows, certainty), std::move(metadata)};
}

}  // namespace nram
