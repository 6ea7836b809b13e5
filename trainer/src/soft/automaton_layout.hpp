// Where the parameters of a differentiable automaton are.

#pragma once

#include <cstddef>

#include <nram/model-io/model.hpp>

namespace nram::soft {

/// The parameters of a differentiable automaton with S states, all of them logits: for each state,
/// which of the R registers it looks at; for each of the 2 S rules, which state is next; for each
/// rule, the outputs of a SelectorLayout. Rule 2 s is that of state s for a register that is not
/// zero, rule 2 s + 1 the one for zero.
struct AutomatonLayout {
  AutomatonLayout(const Machine& machine, unsigned automaton_states)
      : selectors(machine), registers(machine.registers()), states(automaton_states) {}

  [[nodiscard]] unsigned rules() const { return 2 * states; }
  /// The first of `registers` logits.
  [[nodiscard]] std::size_t look(unsigned state) const { return std::size_t{state} * registers; }
  /// The first of `states` logits.
  [[nodiscard]] std::size_t next(unsigned rule) const {
    return look(states) + std::size_t{rule} * states;
  }
  /// The first of `selectors.outputs` logits.
  [[nodiscard]] std::size_t rule(unsigned rule) const {
    return next(rules()) + std::size_t{rule} * selectors.outputs;
  }
  [[nodiscard]] std::size_t size() const { return rule(rules()); }

  SelectorLayout selectors;
  unsigned registers;
  unsigned states;
};

}  // namespace nram::soft
