#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <nram/engine/circuit.hpp>
#include <nram/engine/meaning.hpp>

namespace nram {

/// What happens in a step: which circuit runs, whether it is the last, which state follows.
struct Transition {
  std::uint32_t circuit = 0;
  std::uint32_t next_state = 0;
  bool finish = false;

  friend bool operator==(const Transition&, const Transition&) = default;
};

/// A row of the controller: applies in `state` to every zero-mask m with (m & care) == value.
struct Rule {
  std::uint32_t state = 0;
  std::uint32_t care = 0;   ///< bit i: the rule looks at register i
  std::uint32_t value = 0;  ///< bit i: register i must be zero (only bits of `care`)
  Transition transition;

  [[nodiscard]] bool matches(std::uint32_t in_state, std::uint32_t mask) const {
    return state == in_state && (mask & care) == value;
  }
  friend bool operator==(const Rule&, const Rule&) = default;
};

/// A discrete program: distinct circuits and an automaton over zero-masks that chooses among them.
/// Execution starts in state 0. Immutable, valid by construction.
class Program {
 public:
  static constexpr std::uint32_t max_states = 4096;
  static constexpr std::uint32_t max_circuits = 65536;
  static constexpr std::uint32_t max_transitions = 1U << 20U;  ///< states × 2^R

  /// In each state the first rule that matches the mask applies. Throws Error(data), naming the
  /// circuit, rule, state or mask at fault, unless every circuit is valid, every rule refers to
  /// existing states, registers and circuits, no rule is hidden entirely by earlier ones, and every
  /// state has a rule for every mask. Also as meaning_of does.
  Program(Machine machine, std::vector<Circuit> circuits, std::vector<Rule> rules,
          std::map<std::string, std::string> metadata = {});

  [[nodiscard]] const Machine& machine() const { return machine_; }
  [[nodiscard]] const std::vector<Circuit>& circuits() const { return circuits_; }
  [[nodiscard]] const std::vector<Rule>& rules() const { return rules_; }
  [[nodiscard]] std::uint32_t states() const { return states_; }
  /// Free-form facts about where the program comes from (task, seed, arm...), and its meaning.
  [[nodiscard]] const std::map<std::string, std::string>& metadata() const { return metadata_; }
  /// What the metadata says about how it is to be run. Executors do not ask: whoever chooses
  /// RunOptions does.
  [[nodiscard]] const Meaning& meaning() const { return meaning_; }

  /// What to do in `state` under `mask`. O(1).
  [[nodiscard]] const Transition& transition(std::uint32_t state, std::uint32_t mask) const {
    return table_[(static_cast<std::size_t>(state) << machine_.registers()) | mask];
  }

 private:
  Machine machine_;
  std::vector<Circuit> circuits_;
  std::vector<Rule> rules_;
  std::uint32_t states_ = 1;
  std::map<std::string, std::string> metadata_;
  Meaning meaning_;
  std::vector<Transition> table_;
};

/// The rules of an automaton given as a full table (state-major, `masks` entries a state), with
/// don't-care bits merged so that few rules remain; no two rules of a state overlap.
std::vector<Rule> rules_from_table(const Machine& machine, const std::vector<Transition>& table);

/// "r0=0 r2≠0", or "always".
std::string condition_text(const Machine& machine, const Rule& rule);

}  // namespace nram
