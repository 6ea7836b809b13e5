#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include <nram/engine/program.hpp>
#include <nram/model-io/model.hpp>

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

/// Which controller states count as one.
struct Merging {
  double tolerance = 0.0;       ///< largest difference of any two values
  bool deciding_alike = false;  ///< and circuit and finish must be the same under every mask
};

/// The controller's states reachable from the start, merged; nothing if there are more than
/// `max_states`. A feed-forward controller has one.
std::optional<Automaton> enumerate(const Model& model, Merging merging, std::size_t max_states);

/// The smallest automaton that behaves the same (Moore's partition refinement). The state after a
/// finishing step does not matter and becomes 0. Keeps state 0 the first.
Automaton minimise(const Automaton& automaton);

/// How many of `steps` steps under random masks choose another circuit or finish than the live
/// controller does. Starts again after every finishing step and after every disagreement.
std::uint64_t count_disagreements(const Model& model, const Automaton& automaton,
                                  std::uint64_t steps);

}  // namespace nram
