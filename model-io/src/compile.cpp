#include <bit>
#include <cmath>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/compile.hpp>

namespace nram {
namespace {

// One hidden unit belongs to each rule of the program. No two rules match at once.
struct Units {
  const Program& program;
  std::vector<Rule> rules;

  explicit Units(const Program& p)
      : program(p), rules(rules_from_table(p.machine(), table_of(p))) {}

  static std::vector<Transition> table_of(const Program& program) {
    std::vector<Transition> table;
    for (std::uint32_t state = 0; state < program.states(); ++state) {
      for (std::uint32_t mask = 0; mask < program.machine().masks(); ++mask) {
        table.push_back(program.transition(state, mask));
      }
    }
    return table;
  }

  // How a unit recognises its masks among the zero bits x: Σ weight_r x_r + bias is 0 under them
  // and -1 or less under any other.
  static float mask_weight(const Rule& rule, unsigned r) {
    const bool cares = ((rule.care >> r) & 1U) != 0;
    return !cares ? 0.0F : ((rule.value >> r) & 1U) != 0 ? 1.0F : -1.0F;
  }
  static float mask_bias(const Rule& rule) {
    return -static_cast<float>(std::popcount(rule.value));
  }
};

// selectors.weight [S, rules] and a bias of 0: `logit` for what a rule chooses.
void append_selectors(const Units& units, float logit, std::vector<float>& parameters) {
  const SelectorLayout layout(units.program.machine());
  std::vector<float> weights(layout.outputs * units.rules.size(), 0.0F);
  for (std::size_t unit = 0; unit < units.rules.size(); ++unit) {
    const Transition& transition = units.rules[unit].transition;
    const Circuit& circuit = units.program.circuits()[transition.circuit];
    const auto weight = [&](unsigned output) -> float& {
      return weights[output * units.rules.size() + unit];
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

std::vector<float> feed_forward(const Units& units, float certainty) {
  const unsigned registers = units.program.machine().registers();
  std::vector<float> parameters;
  for (const Rule& rule : units.rules) {
    for (unsigned r = 0; r < registers; ++r) {
      parameters.push_back(Units::mask_weight(rule, r));
    }
  }
  for (const Rule& rule : units.rules) {
    parameters.push_back(Units::mask_bias(rule) + 1.0F);
  }
  append_selectors(units, certainty, parameters);
  return parameters;
}

// A unit's input gate opens when its mask is there and the unit that was on in the step before
// leads to its state; the other gates are constant, so that the cell forgets at once and `hidden`
// is tanh(1) for the unit that is on and 0 for the others, as all are before the first step.
std::vector<float> lstm(const Units& units, float certainty) {
  constexpr float steepness = 40.0F;  // a gate is open or shut to within 3e-9
  const float on = std::tanh(1.0F);
  const unsigned registers = units.program.machine().registers();
  const std::size_t count = units.rules.size();
  std::vector<float> weight_ih(4 * count * registers, 0.0F);
  std::vector<float> weight_hh(4 * count * count, 0.0F);
  std::vector<float> bias(4 * count, 0.0F);
  for (std::size_t unit = 0; unit < count; ++unit) {
    const Rule& rule = units.rules[unit];
    for (unsigned r = 0; r < registers; ++r) {
      weight_ih[unit * registers + r] = steepness * Units::mask_weight(rule, r);
    }
    // The first state is where a run begins, with no unit on: it has to be left, not entered.
    const bool first = rule.state == 0;
    for (std::size_t before = 0; before < count; ++before) {
      const bool leads_here = units.rules[before].transition.next_state == rule.state;
      const float sign = first ? (leads_here ? 0.0F : -1.0F) : (leads_here ? 1.0F : 0.0F);
      weight_hh[unit * count + before] = steepness * sign / on;
    }
    bias[unit] = steepness * (Units::mask_bias(rule) + (first ? 0.5F : -0.5F));
    bias[count + unit] = -steepness;
    bias[2 * count + unit] = steepness;
    bias[3 * count + unit] = steepness;
  }
  std::vector<float> parameters = std::move(weight_ih);
  parameters.insert(parameters.end(), weight_hh.begin(), weight_hh.end());
  parameters.insert(parameters.end(), bias.begin(), bias.end());
  parameters.insert(parameters.end(), 4 * count, 0.0F);  // the second bias
  append_selectors(units, certainty / on, parameters);
  return parameters;
}

}  // namespace

Model compile_to_weights(const Program& program, std::map<std::string, std::string> metadata,
                         float certainty) {
  const Units units(program);
  if (units.rules.size() > Model::max_hidden) {
    throw Error(ErrorKind::usage,
                fmt::format("a program of {} rules does not fit a controller of at most {} "
                            "hidden units",
                            units.rules.size(), Model::max_hidden));
  }
  for (const char* const key : {"arithmetic", "steps"}) {
    if (const auto said = program.metadata().find(key); said != program.metadata().end()) {
      metadata.insert(*said);
    }
  }
  const bool recurrent = program.states() > 1;
  const ControllerShape shape{recurrent ? ControllerKind::lstm : ControllerKind::feed_forward,
                              {static_cast<unsigned>(units.rules.size())},
                              Activation::relu};
  return {program.machine(), shape,
          recurrent ? lstm(units, certainty) : feed_forward(units, certainty), std::move(metadata)};
}

}  // namespace nram
