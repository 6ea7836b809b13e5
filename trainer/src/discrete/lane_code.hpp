#pragma once

// The circuits of a candidate merged into one sequence of operations on lanes, so that a step costs
// the same whatever circuits the examples happen to be in.

#include "circuit_groups.hpp"
#include "source_analysis.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace nram::discrete {

/// Most candidates differ little from the one before: what is the same is kept from it. Not for
/// concurrent use.
class LaneCode {
 public:
  /// An input: the source `usual`, overridden by selects begin..end-1 in the lanes of circuits that
  /// take it from elsewhere.
  struct Argument {
    std::uint8_t usual;
    std::uint16_t begin;
    std::uint16_t end;
  };
  /// The circuits that take an input from another source.
  struct Select {
    std::uint16_t group;
    std::uint8_t source;
  };
  struct Operation {
    Opcode opcode;
    std::uint8_t module;
    std::uint8_t output;   ///< as a source
    CircuitSet needed_in;  ///< of a READ: the circuits in which it can fail
    Argument a;
    Argument b;
  };

  explicit LaneCode(const Machine& machine);

  /// For runs that enter `rows` only, after which the registers `live` matter. O(modules +
  /// circuits) where nothing has changed since the last time, O(modules · circuits) at worst.
  void merge(const Candidate& candidate, std::uint64_t rows, const Liveness& live);

  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] std::span<const Operation> operations() const { return operations_; }
  /// By register: what it becomes.
  [[nodiscard]] const Argument& update(unsigned r) const { return updates_[r]; }
  /// All selects that arguments may refer to, and how many they do refer to.
  [[nodiscard]] std::span<const Select> selects() const { return selects_; }
  [[nodiscard]] std::size_t select_count() const { return select_count_; }
  /// The groups that selects refer to, of all that there are. There are far fewer of them than
  /// selects.
  [[nodiscard]] std::span<const std::uint16_t> groups() const { return groups_in_use_; }
  [[nodiscard]] CircuitSet circuits_in(std::uint16_t group) const { return groups_.members(group); }
  /// No group has this number or a higher one.
  [[nodiscard]] std::size_t group_limit() const { return groups_.limit(); }
  /// No module that can fail comes after a WRITE, so none has to be undone.
  [[nodiscard]] bool write_is_last() const { return write_is_last_; }

  [[nodiscard]] const SourceAnalysis& sources() const { return sources_; }

 private:
  // What is known of a circuit, from the last candidate that used it.
  struct Known {
    Wiring wiring;
    RegisterSet after = 0;           // registers that are live after a step with it
    std::uint64_t live_sources = 0;  // none if the last candidate did not use it
  };
  // An input, joined over the circuits in which it matters.
  struct Joined {
    CircuitSet circuits = 0;
    CircuitSet changed = 0;  // circuits that take it from another source now
    Argument argument{};
    std::array<std::uint8_t, max_circuits> source{};  // by circuit
  };

  void learn(unsigned circuit, const Wiring& wiring, RegisterSet after);
  void set_source(Joined& input, unsigned circuit, std::uint8_t source) const;
  void note_live(unsigned circuit, RegisterSet after, std::uint64_t live_sources);
  const Argument& join(unsigned input, CircuitSet circuits);
  void forget_groups();

  unsigned registers_;
  unsigned arguments_;
  SourceAnalysis sources_;
  bool write_is_last_ = true;
  std::uint64_t rows_ = 0;
  CircuitSet in_use_ = 0;
  std::array<Known, max_circuits> known_{};
  std::array<CircuitSet, max_sources> circuits_with_{};      // by source: those in which it is live
  std::array<CircuitSet, max_registers> circuits_before_{};  // by register: ... it is live after
  std::vector<Joined> joined_;  // all module arguments, then all registers
  std::vector<Operation> operations_;
  std::array<Argument, max_registers> updates_{};
  std::vector<Select> selects_;  // max_circuits for each input
  std::size_t select_count_ = 0;
  CircuitGroups groups_;
  std::vector<std::uint16_t> groups_in_use_;
  std::vector<std::uint64_t> used_in_;  // by group: the number of the last merge that used it
  std::uint64_t merge_ = 0;
};

}  // namespace nram::discrete
