#include "automaton.hpp"

#include <algorithm>
#include <map>

namespace nram {
namespace {

// The class of every state, numbered in the order in which states first show them.
using Partition = std::vector<std::uint32_t>;

// One refinement: states stay together if they are in one class and, under every mask, do the same
// and go on in one class.
Partition refine(const Automaton& automaton, const Partition& partition) {
  std::map<std::vector<std::uint32_t>, std::uint32_t> classes;
  Partition refined;
  std::vector<std::uint32_t> signature;
  for (std::size_t s = 0; s < automaton.states(); ++s) {
    signature.assign(1, partition[s]);
    for (std::uint32_t mask = 0; mask < automaton.masks; ++mask) {
      const Transition& transition = automaton.at(s, mask);
      signature.push_back(transition.circuit);
      signature.push_back(transition.finish ? 0 : 1 + partition[transition.next_state]);
    }
    const auto next = static_cast<std::uint32_t>(classes.size());
    refined.push_back(classes.emplace(signature, next).first->second);
  }
  return refined;
}

std::uint32_t classes_of(const Partition& partition) {
  return 1 + *std::max_element(partition.begin(), partition.end());
}

}  // namespace

Automaton minimise(const Automaton& automaton) {
  Partition partition(automaton.states(), 0);
  for (std::uint32_t classes = 0; classes != classes_of(partition);) {
    classes = classes_of(partition);
    partition = refine(automaton, partition);
  }

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
