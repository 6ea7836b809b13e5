#pragma once

// Sets of circuits, numbered.

#include "candidate.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nram::discrete {

using CircuitSet = std::uint32_t;  ///< circuit c as bit c
static_assert(max_circuits <= 32);

/// Gives sets of circuits numbers from 0 on, equal sets the same one.
class CircuitGroups {
 public:
  /// For numbers below `limit`, at most 2^16.
  explicit CircuitGroups(std::size_t limit);

  /// O(1). Precondition: no group is empty; size() < limit(), or the set has a number.
  std::uint16_t number_of(CircuitSet circuits) {
    std::size_t slot = slot_of(circuits);
    while (slots_[slot].circuits != circuits && slots_[slot].circuits != 0) {
      slot = (slot + 1) & (slots_.size() - 1);
    }
    if (slots_[slot].circuits == 0) {
      slots_[slot] = {circuits, static_cast<std::uint16_t>(members_.size())};
      members_.push_back(circuits);
    }
    return slots_[slot].number;
  }

  [[nodiscard]] CircuitSet members(std::uint16_t number) const { return members_[number]; }
  [[nodiscard]] std::size_t size() const { return members_.size(); }
  [[nodiscard]] std::size_t limit() const { return limit_; }

  void clear();

 private:
  struct Slot {
    CircuitSet circuits = 0;  // 0 = free
    std::uint16_t number = 0;
  };

  [[nodiscard]] std::size_t slot_of(CircuitSet circuits) const {
    return (circuits * 0x9e3779b1U) >> shift_;  // Fibonacci hashing
  }

  std::size_t limit_;
  unsigned shift_;
  std::vector<Slot> slots_;  // a power of two, more than twice the limit
  std::vector<CircuitSet> members_;
};

}  // namespace nram::discrete
