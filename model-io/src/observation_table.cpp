#include "observation_table.hpp"

#include <utility>

namespace nram {

std::uint32_t CircuitSet::index_of(const Circuit& circuit) {
  std::vector<Source> key = circuit.arguments;
  key.insert(key.end(), circuit.registers.begin(), circuit.registers.end());
  const auto [entry, is_new] =
      indices_.emplace(std::move(key), static_cast<std::uint32_t>(circuits_.size()));
  if (is_new) {
    circuits_.push_back(circuit);
  }
  return entry->second;
}

ObservationTable::ObservationTable(const LiveController& controller) : controller_(&controller) {
  id_of(controller.start());
}

LstmState ObservationTable::state(Id id) const {
  const std::vector<float>& all = values(id);
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
  return {{all.begin(), middle}, {middle, all.end()}};
}

ObservationTable::Id ObservationTable::id_of(const LstmState& state) {
  std::vector<float> values = state.hidden;
  values.insert(values.end(), state.cell.begin(), state.cell.end());
  const auto [entry, is_new] = ids_.emplace(std::move(values), static_cast<Id>(states_.size()));
  if (is_new) {
    states_.push_back(Row{&entry->first});
  }
  return entry->second;
}

// For an LSTM what does not matter is left out of circuits: it would tell states apart that do the
// same.
std::uint32_t ObservationTable::index_of(Decision decision) {
  if (controller_->recurrent()) {
    decision.circuit = without_dead_arguments(controller_->machine(), std::move(decision.circuit));
  }
  return circuits_.index_of(decision.circuit);
}

const std::vector<ObservationTable::Successor>& ObservationTable::successors(Id id) {
  if (states_[id].successors.empty()) {
    const std::uint32_t masks = controller_->machine().masks();
    spend(masks);
    std::vector<Successor> successors;
    for (std::uint32_t mask = 0; mask < masks; ++mask) {
      LstmState next = state(id);
      Decision decision = controller_->step(mask, next);
      const bool finish = decision.finish;
      successors.push_back({index_of(std::move(decision)), finish ? 0 : id_of(next), finish});
    }
    states_[id].successors = std::move(successors);
  }
  return states_[id].successors;
}

std::uint32_t ObservationTable::entry(Id id, const MaskRun& experiment) {
  constexpr std::uint32_t finished_before = 0;
  const auto number = [](std::uint32_t circuit, bool finish) {
    return 1 + 2 * circuit + (finish ? 1 : 0);
  };
  if (experiment.size() == 1) {
    const Successor& successor = successors(id)[experiment.front()];
    return number(successor.circuit, successor.finish);
  }
  LstmState now = state(id);
  Decision decision;
  for (const std::uint32_t mask : experiment) {
    if (decision.finish) {
      return finished_before;
    }
    spend(1);
    decision = controller_->step(mask, now);
  }
  const bool finish = decision.finish;
  return number(index_of(std::move(decision)), finish);
}

const std::vector<std::uint32_t>& ObservationTable::row(Id id,
                                                        std::span<const MaskRun> experiments) {
  for (std::size_t e = states_[id].entries.size(); e < experiments.size(); ++e) {
    const std::uint32_t given = entry(id, experiments[e]);
    states_[id].entries.push_back(given);
  }
  return states_[id].entries;
}

}  // namespace nram
