#include "automaton.hpp"

#include <algorithm>
#include <optional>

namespace nram {
namespace {

// What the controller decides at the end of a sequence of masks; nothing if it finishes earlier.
std::optional<Decision> output(ObservationTable& observations, ObservationTable::Id id,
                               std::span<const std::uint32_t> masks) {
  const LiveController& controller = observations.controller();
  LstmState state = observations.state(id);
  observations.spend(masks.size());
  for (const std::uint32_t mask : masks.first(masks.size() - 1)) {
    if (controller.step(mask, state).finish) {
      return std::nullopt;
    }
  }
  Decision decision = controller.step(masks.back(), state);
  decision.circuit = without_dead_arguments(controller.machine(), std::move(decision.circuit));
  return decision;
}

}  // namespace

// As Rivest and Schapire do: let the automaton take the first i steps of the run, and the live
// controller, from what stands for the state reached, the others. With i = 0 the output is the
// controller's, with all but the last step the automaton's; where it changes, from i - 1 to i, the
// state that follows the one of i - 1 was taken for the one of i, and the rest of the run tells the
// two apart. Looked for from the end, for short experiments.
MaskRun distinguishing(ObservationTable& observations, const Enumerated& found,
                       const MaskRun& masks) {
  std::vector<std::uint32_t> path{0};
  for (const std::uint32_t mask : masks) {
    path.push_back(found.automaton.at(path.back(), mask).next_state);
  }
  const auto output_after = [&](std::size_t i) {
    return output(observations, found.states[path[i]], std::span(masks).subspan(i));
  };
  const std::optional<Decision> truth = output_after(0);
  std::size_t wrong = masks.size() - 1;
  std::size_t right = 0;
  for (std::size_t stride = 1;; stride *= 2) {
    const std::size_t i = wrong - std::min(stride, wrong);
    if (i == 0 || output_after(i) == truth) {
      right = i;
      break;
    }
    wrong = i;
  }
  while (wrong - right > 1) {
    const std::size_t middle = right + (wrong - right) / 2;
    (output_after(middle) == truth ? right : wrong) = middle;
  }
  return {masks.begin() + static_cast<std::ptrdiff_t>(wrong), masks.end()};
}

Discrete discrete_of(const Machine& machine, const Automaton& automaton) {
  Discrete discrete;
  for (const Circuit& circuit : automaton.circuits) {
    discrete.circuits.push_back(without_dead_arguments(machine, circuit));
  }
  discrete.at = [&automaton](std::uint32_t state, std::uint32_t mask) -> const Transition& {
    return automaton.at(state, mask);
  };
  return discrete;
}

}  // namespace nram
