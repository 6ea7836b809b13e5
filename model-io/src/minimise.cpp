#include "automaton.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <nram/engine/equivalent_states.hpp>

namespace nram {

Automaton minimise(const Automaton& automaton) {
  const std::vector<std::uint32_t> partition = equivalent_states(automaton.table, automaton.masks);
  Automaton small;
  small.masks = automaton.masks;
  small.circuits = automaton.circuits;
  small.largest_merge = automaton.largest_merge;
  const std::size_t row = automaton.confidence.size() / automaton.states();
  for (std::size_t s = 0; s < automaton.states(); ++s) {
    const float* const confidence = &automaton.confidence[s * row];
    if (partition[s] == small.states()) {  // the first of its class
      for (std::uint32_t mask = 0; mask < automaton.masks; ++mask) {
        Transition transition = automaton.at(s, mask);
        transition.next_state = transition.finish ? 0 : partition[transition.next_state];
        small.table.push_back(transition);
      }
      small.confidence.insert(small.confidence.end(), confidence, confidence + row);
      continue;
    }
    float* const smallest = &small.confidence[partition[s] * row];
    std::transform(confidence, confidence + row, smallest, smallest,
                   [](float a, float b) { return std::min(a, b); });
  }
  return small;
}

}  // namespace nram
