#pragma once

#include "comparison.hpp"
#include "observation_table.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

#include <nram/engine/program.hpp>
#include <nram/model-io/verify.hpp>

namespace nram {

/// A controller as a finite automaton over masks, on its way to a Program.
struct Automaton {
  std::uint32_t masks = 1;
  std::vector<Circuit> circuits;  ///< distinct
  std::vector<Transition> table;  ///< [state][mask]
  std::vector<float> confidence;  ///< [state][mask][selector]
  double largest_merge = 0.0;     ///< see AutomatonSummary

  [[nodiscard]] std::size_t states() const { return table.size() / masks; }
  [[nodiscard]] const Transition& at(std::size_t state, std::uint32_t mask) const {
    return table[state * masks + mask];
  }
};

/// Which states of a controller count as one: those that are close and behave alike.
struct Merging {
  /// The largest difference of any two values; infinity: behaviour alone decides.
  double tolerance = 0.0;
  /// And under each of these sequences of masks, circuit and finish of its last step must be the
  /// same (or the run must have finished before).
  std::vector<MaskRun> experiments{};
};

/// The states found from the start on, breadth-first.
struct Enumerated {
  Automaton automaton;                       ///< complete, but for confidence, if closed
  std::vector<ObservationTable::Id> states;  ///< what stands for each state of the automaton
  bool closed = false;  ///< else more states than allowed, or steps than allowed
};

/// Enumerates the states of a controller that are reachable under any masks, merged, up to
/// `max_states`. A feed-forward controller has one.
Enumerated enumerate(ObservationTable& observations, const Merging& merging,
                     std::size_t max_states);

/// Fills in Automaton::confidence.
void add_confidence(const ObservationTable& observations, Enumerated& found);

/// The smallest automaton that behaves the same The state after a
/// finishing step does not matter and becomes 0. Keeps state 0 the first.
Automaton minimise(const Automaton& automaton);

/// For comparisons with the live controller; refers to the automaton.
Discrete discrete_of(const Machine& machine, const Automaton& automaton);

/// An experiment that tells two controller states apart which the enumeration has merged; `masks`
/// are those of a run in whose last step, and no earlier one, automaton and controller disagree.
/// O(length · log(length)) steps of the controller.
MaskRun distinguishing(ObservationTable& observations, const Enumerated& found,
                       const MaskRun& masks);

}  // namespace nram
