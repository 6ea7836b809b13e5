#pragma once

// The circuits of a candidate merged into one sequence of operations on lanes, so that a step costs
// the same whatever circuits the examples happen to be in.

#include "lanes.hpp"
#include "source_analysis.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace nram::discrete {

/// Reuses its memory from candidate to candidate; not for concurrent use.
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
    std::uint16_t group;  ///< index into groups()
    std::uint8_t source;
  };
  struct Operation {
    Opcode opcode;
    std::uint8_t module;
    std::uint8_t output;  ///< as a source
    std::uint8_t reader;  ///< index into needed(), of a READ
    Argument a;
    Argument b;
  };

  explicit LaneCode(const Machine& machine);

  /// For runs that enter `rows` only, after which the registers `live` matter.
  /// O(modules · circuits).
  void merge(const Candidate& candidate, std::uint64_t rows, const Liveness& live);

  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] std::span<const Operation> operations() const { return operations_; }
  /// By register: what it becomes.
  [[nodiscard]] const Argument& update(unsigned r) const { return updates_[r]; }
  [[nodiscard]] std::span<const Select> selects() const { return {selects_.data(), select_count_}; }
  /// Sets of circuits that selects refer to, each as a table of 0xff and 0 by circuit. There are
  /// far fewer of them than selects.
  [[nodiscard]] std::span<const Bytes> groups() const { return {groups_.data(), group_count_}; }
  /// By READ: 0xff at the circuits in which it can fail.
  [[nodiscard]] std::span<const Bytes> needed() const { return needed_; }
  /// No module that can fail comes after a WRITE, so none has to be undone.
  [[nodiscard]] bool write_is_last() const { return write_is_last_; }

  [[nodiscard]] const SourceAnalysis& sources() const { return sources_; }

 private:
  template <typename SourceOf>
  Argument join(std::uint32_t circuits, SourceOf source_of);
  std::uint16_t group_of(std::uint32_t circuits);

  unsigned registers_;
  SourceAnalysis sources_;
  bool write_is_last_ = true;
  std::uint64_t rows_ = 0;
  std::vector<Operation> operations_;
  std::array<Argument, max_registers> updates_{};
  std::vector<Select> selects_;  // the first select_count_ are in use
  std::size_t select_count_ = 0;
  std::vector<Bytes> groups_;  // the first group_count_ are in use
  std::vector<std::uint32_t> group_circuits_;
  std::size_t group_count_ = 0;
  std::vector<Bytes> needed_;
};

}  // namespace nram::discrete
