#include <bit>

#include <nram/engine/error.hpp>
#include <nram/trainer/distil.hpp>

namespace nram {

Model distil(const Program& program, std::map<std::string, std::string> metadata, float certainty) {
  const Machine& machine = program.machine();
  const unsigned registers = machine.registers();
  const std::uint32_t masks = machine.masks();
  if (program.states() != 1 || masks > Model::max_hidden) {
    throw Error(ErrorKind::usage,
                "only programs with one state and few registers fit a feed-forward controller");
  }
  const ControllerShape shape{ControllerKind::feed_forward, {masks}, Activation::relu};
  const SelectorLayout layout(machine);

  // controller.0.weight [masks, R] and bias: the unit of a mask sees +1 for each zero register it
  // wants zero and -1 for each it does not.
  std::vector<float> parameters;
  for (std::uint32_t mask = 0; mask < masks; ++mask) {
    for (unsigned r = 0; r < registers; ++r) {
      parameters.push_back(((mask >> r) & 1U) != 0 ? 1.0F : -1.0F);
    }
  }
  for (std::uint32_t mask = 0; mask < masks; ++mask) {
    parameters.push_back(1.0F - static_cast<float>(std::popcount(mask)));
  }

  // selectors.weight [S, masks], bias 0.
  std::vector<float> weights(static_cast<std::size_t>(layout.outputs) * masks, 0.0F);
  for (std::uint32_t mask = 0; mask < masks; ++mask) {
    const Transition& transition = program.transition(0, mask);
    const Circuit& circuit = program.circuits()[transition.circuit];
    const auto weight = [&](unsigned output) -> float& {
      return weights[static_cast<std::size_t>(output) * masks + mask];
    };
    for (std::size_t i = 0; i < circuit.arguments.size(); ++i) {
      weight(layout.arguments[i].first + circuit.arguments[i]) = certainty;
    }
    for (std::size_t r = 0; r < circuit.registers.size(); ++r) {
      weight(layout.registers[r].first + circuit.registers[r]) = certainty;
    }
    weight(layout.finish) = transition.finish ? certainty : -certainty;
  }
  parameters.insert(parameters.end(), weights.begin(), weights.end());
  parameters.insert(parameters.end(), layout.outputs, 0.0F);
  return {machine, shape, std::move(parameters), std::move(metadata)};
}

}  // namespace nram
