#pragma once

// What the discrete search varies: a few circuits and a table that says which of them runs when.

#include <array>
#include <cstdint>
#include <optional>

#include <nram/engine/program.hpp>

namespace nram::discrete {

inline constexpr unsigned max_circuits = 12;
inline constexpr unsigned max_arguments = 64;
inline constexpr unsigned max_registers = 6;
inline constexpr unsigned max_rows = 64;  ///< states × 2^registers

/// One circuit: the sources of all module arguments and of all registers.
struct Wiring {
  std::array<std::uint8_t, max_arguments> arguments{};
  std::array<std::uint8_t, max_registers> registers{};

  friend bool operator==(const Wiring&, const Wiring&) = default;
};

/// A candidate program. Rows are indexed by state << registers | zero-mask.
struct Candidate {
  std::array<Wiring, max_circuits> circuits{};
  unsigned circuit_count = 1;
  std::array<std::uint8_t, max_rows> circuit{};
  std::array<std::uint8_t, max_rows> next_state{};
  std::array<bool, max_rows> finish{};

  friend bool operator==(const Candidate&, const Candidate&) = default;
};

/// Whether the machine is small enough for the search.
bool is_searchable(const Machine& machine, unsigned states);

/// Throws Error(usage) if it is not.
void require_searchable(const Machine& machine, unsigned states);

/// The program as a candidate; nothing if it has several states or too many circuits, counting
/// those that differ in unused arguments once), or its machine is too large.
std::optional<Candidate> from_program(const Program& program);

/// The candidate as a program; circuits that no row uses are dropped.
Program to_program(const Machine& machine, unsigned states, const Candidate& candidate);

/// The candidate made easier to read, behaving alike as long as only the rows in `visited` (a bit
/// for each, at least one) are entered: the other rows do what the visited row with the most
/// similar mask does, and arguments that nothing uses are r0.
Candidate simplified(const Machine& machine, unsigned states, const Candidate& candidate,
                     std::uint64_t visited);

}  // namespace nram::discrete
