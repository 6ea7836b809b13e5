#pragma once

#include "live_controller.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <vector>

#include <nram/model-io/verify.hpp>

namespace nram {

/// The index of each distinct circuit.
class CircuitSet {
 public:
  std::uint32_t index_of(const Circuit& circuit);
  [[nodiscard]] const std::vector<Circuit>& circuits() const { return circuits_; }

 private:
  std::map<std::vector<Source>, std::uint32_t> indices_;
  std::vector<Circuit> circuits_;
};

/// The observation table of automaton learning (Angluin's L*): a row for every state of a
/// controller that was met, to the last bit, and in it a column for every experiment, a sequence of
/// masks. Each step of the network is taken once, however often states are enumerated: steps are
/// what costs. References that it returns stay valid, but for rows that grow.
class ObservationTable {
 public:
  using Id = std::uint32_t;

  /// What happens under a mask.
  struct Successor {
    std::uint32_t circuit;
    Id next;  ///< 0 after finishing: nothing follows
    bool finish;
  };

  explicit ObservationTable(const LiveController& controller);

  /// How many steps the network may take from now on. Those that are under way are finished.
  void allow(std::uint64_t steps) { allowed_ = steps; }
  void spend(std::uint64_t steps) { allowed_ -= steps < allowed_ ? steps : allowed_; }
  [[nodiscard]] bool spent() const { return allowed_ == 0; }

  /// The state that runs begin in is number 0.
  [[nodiscard]] LstmState state(Id id) const;
  /// Its hidden and cell values.
  [[nodiscard]] const std::vector<float>& values(Id id) const { return *states_[id].values; }

  /// What happens in a state under each mask.
  const std::vector<Successor>& successors(Id id);
  /// The row of a state: what it does at the end of each experiment, as equal numbers for equal
  /// last steps. An entry never changes, so those known from before are kept: `experiments` may
  /// only grow at its end.
  const std::vector<std::uint32_t>& row(Id id, std::span<const MaskRun> experiments);

  [[nodiscard]] const LiveController& controller() const { return *controller_; }
  [[nodiscard]] const std::vector<Circuit>& circuits() const { return circuits_.circuits(); }

 private:
  struct Row {
    const std::vector<float>* values;  // a key of ids_
    std::vector<Successor> successors{};
    std::vector<std::uint32_t> entries{};
  };

  Id id_of(const LstmState& state);
  [[nodiscard]] std::uint32_t index_of(Decision decision);
  [[nodiscard]] std::uint32_t entry(Id id, const MaskRun& experiment);

  const LiveController* controller_;
  std::uint64_t allowed_ = 0;
  std::map<std::vector<float>, Id> ids_;
  std::deque<Row> states_;  // what refers to one outlives the adding of others
  CircuitSet circuits_;
};

}  // namespace nram
