#pragma once

// Sets of circuits, numbered.

#include "candidate.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace nram::discrete {

using CircuitSet = std::uint32_t;  ///< circuit c as bit c
static_assert(max_circuits <= 32);

/// Gives sets of circuits numbers from 0 on, equal sets the same one.
class CircuitGroups {
 public:
  /// Numbers stay below `limit`. Precondition: at most half as many slots as a 16-bit number has.
  explicit CircuitGroups(std::size_t limit);

  /// O(1). Precondition: size() < limit(), or the set has a number.
  std::uint16_t number_of(CircuitSet circuits) {
    std::size_t slot = slot_of(circuits);
    while (slots_[slot].circuits != circuits) {
      if (slots_[slot].circuits == 0) {
        slots_[slot] = {circuits, static_cast<std::uint16_t>(members_.size())};
        members_.push_back(circuits);
        break;
      }
      slot = (slot + 1) & (slots_.size() - 1);
    }
    return slots_[slot].number;
  }

  [[nodiscard]] CircuitSet members(std::uint16_t number) const { return members_[number]; }
  [[nodiscard]] std::size_t size() const { return members_.size(); }
  [[nodiscard]] std::size_t limit() const { return limit_; }

  void clear();

 private:
  struct Slot {
    CircuitSet circuits = 0;  // 0 = free: no group is empty
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
