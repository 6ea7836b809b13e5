#pragma once

// What the discrete search varies: a few circuits, and which of them runs when.

#include <array>
#include <cstdint>
#include <optional>

#include <nram/engine/program.hpp>

namespace nram::discrete {

inline constexpr unsigned max_circuits = 24;
inline constexpr unsigned max_arguments = 64;
inline constexpr unsigned max_registers = 6;
inline constexpr unsigned max_sources = 64;  ///< registers and modules, a bit each
inline constexpr unsigned max_states = 16;
inline constexpr unsigned max_rows = 64;  ///< 2^registers, or 2 a state

/// One circuit: the sources of all module arguments and of all registers.
struct Wiring {
  std::array<std::uint8_t, max_arguments> arguments{};
  std::array<std::uint8_t, max_registers> registers{};

  friend bool operator==(const Wiring&, const Wiring&) = default;
};

/// A candidate program. With one state it is a table with a row for each zero-mask: the program of
/// a feed-forward controller. With more it is an automaton: each state looks at one register and
/// has two rows, 2 · state if that register is not zero and 2 · state + 1 if it is. A step on the
/// way to a loop is a state then, and needs no zero pattern of its own.
struct Candidate {
  std::array<Wiring, max_circuits> circuits{};
  unsigned circuit_count = 1;
  std::array<std::uint8_t, max_rows> circuit{};
  std::array<std::uint8_t, max_rows> next_state{};
  std::array<bool, max_rows> finish{};
  std::array<std::uint8_t, max_states> tests{};  ///< by state, of an automaton: the register

  friend bool operator==(const Candidate&, const Candidate&) = default;
};

/// Rows of a candidate with that many states.
unsigned rows_of(const Machine& machine, unsigned states);

/// The rows, as bits, that a run may come to from the first state. O(states).
std::uint64_t reachable_rows(const Machine& machine, unsigned states, const Candidate& candidate);

/// The rows that a run of `changed`, which was `known` before some changes, is likely to stay in if
/// those of `known` entered `visited` only: both rows of the states it was in, and of states that
/// changed rows lead to. A subset of the reachable rows.
std::uint64_t likely_rows(const Machine& machine, unsigned states, const Candidate& known,
                          std::uint64_t visited, const Candidate& changed);

/// Whether a state does the same whatever the register it looks at says; of an automaton.
inline bool is_unconditional(const Candidate& candidate, unsigned state) {
  const unsigned a = 2 * state;
  const unsigned b = a + 1;
  return candidate.circuit[a] == candidate.circuit[b] &&
         candidate.finish[a] == candidate.finish[b] &&
         (candidate.finish[a] || candidate.next_state[a] == candidate.next_state[b]);
}

/// Whether the machine is small enough for the search.
bool is_searchable(const Machine& machine, unsigned states);

/// Throws Error(usage) if it is not.
void require_searchable(const Machine& machine, unsigned states);

/// Whether every index in it, of rows and circuits that are never used as well, is one of the
/// machine's: what a stranger's candidate has to be before anything else looks at it.
bool is_valid(const Machine& machine, unsigned states, const Candidate& candidate);

/// The program as a candidate; nothing if it has several states, too many circuits (those that
/// differ in unused arguments count once), or too large a machine.
std::optional<Candidate> from_program(const Program& program);

/// The program as a candidate with as many states, at least two; nothing if it has too many states
/// or circuits, too large a machine, or a state in which more than one register matters.
std::optional<Candidate> automaton_from(const Program& program);

/// The candidate as a program; states that no run comes to and circuits that no row uses are
/// dropped.
Program to_program(const Machine& machine, unsigned states, const Candidate& candidate);

/// The candidate made easier to read, behaving alike as long as only the rows in `visited` (a bit
/// for each, at least one) are entered: the other rows of a table do what the visited row with the
/// most similar mask does, those of an automaton what the other row of their state does, and
/// arguments that nothing uses are r0.
Candidate simplified(const Machine& machine, unsigned states, const Candidate& candidate,
                     std::uint64_t visited);

}  // namespace nram::discrete
