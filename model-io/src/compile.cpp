#include <bit>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

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

// All parameters of a model, 0 at first; its tensors are taken one after the other. An LSTM of
// thousands of rules has hundreds of megabytes of them, so that there is one vector only.
class NewParameters {
 public:
  explicit NewParameters(const std::vector<TensorShape>& tensors) {
    std::size_t size = 0;
    for (const TensorShape& tensor : tensors) {
      size += tensor.size();
    }
    values_.resize(size);
  }
  std::span<float> next(std::size_t size) {
    next_ += size;
    return std::span(values_).subspan(next_ - size, size);
  }
  std::vector<float> take() { return std::move(values_); }

 private:
  std::vector<float> values_;
  std::size_t next_ = 0;
};

// selectors.weight [S, rules] and a bias of 0: `logit` for what a rule chooses.
void fill_selectors(const Units& units, float logit, NewParameters& parameters) {
  const SelectorLayout layout(units.program.machine());
  const std::span<float> weights = parameters.next(layout.outputs * units.rules.size());
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
}

void feed_forward(const Units& units, float certainty, NewParameters& parameters) {
  const unsigned registers = units.program.machine().registers();
  const std::size_t count = units.rules.size();
  const std::span<float> weight = parameters.next(count * registers);
  const std::span<float> bias = parameters.next(count);
  for (std::size_t unit = 0; unit < count; ++unit) {
    const Rule& rule = units.rules[unit];
    for (unsigned r = 0; r < registers; ++r) {
      weight[unit * registers + r] = Units::mask_weight(rule, r);
    }
    bias[unit] = Units::mask_bias(rule) + 1.0F;
  }
  fill_selectors(units, certainty, parameters);
}

// A unit's input gate opens when its mask is there and the unit that was on in the step before
// leads to its state; the other gates are constant, so that the cell forgets at once and `hidden`
// is tanh(1) for the unit that is on and 0 for the others, as all are before the first step.
void lstm(const Units& units, float certainty, NewParameters& parameters) {
  constexpr float steepness = 40.0F;  // a gate is open or shut to within 3e-9
  const float on = std::tanh(1.0F);
  const unsigned registers = units.program.machine().registers();
  const std::size_t count = units.rules.size();
  const std::span<float> weight_ih = parameters.next(4 * count * registers);
  const std::span<float> weight_hh = parameters.next(4 * count * count);
  const std::span<float> bias = parameters.next(4 * count);
  (void)parameters.next(4 * count);  // the second bias
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
  fill_selectors(units, certainty / on, parameters);
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
  NewParameters parameters(tensor_shapes(program.machine(), shape));
  (recurrent ? lstm : feed_forward)(units, certainty, parameters);
  return {program.machine(), shape, parameters.take(), std::move(metadata)};
}

}  // namespace nram
