#pragma once

// If-conversion of pairs of blocks that do the same with different registers, chosen by a
// comparison: as in a merge, where the smaller of two values comes from the one array or from the
// other. A processor cannot predict such a branch; code that selects operands instead of blocks
// leaves it nothing to predict (Allen, Kennedy, Porterfield and Warren, Conversion of control
// dependence to data dependence, POPL 1983).

#include <cstddef>
#include <cstdint>
#include <vector>

#include <nram/engine/flow.hpp>

namespace nram::jit {

/// Two blocks with the same operations in the same order. After each of them, if it does not leave
/// the pair by its exit test, register `reg` chooses one of the two again.
struct IfConvertedPair {
  /// Where one of them leaves the pair: if register `reg` is zero, and for which target.
  struct Exit {
    bool exists = false;
    std::uint8_t reg = 0;
    flow::Target target = 0;  ///< in the block's decision
  };

  std::uint8_t reg = 0;  ///< zero: `if_zero`
  std::size_t if_zero = 0;
  std::size_t if_nonzero = 0;
  Exit exit_of_zero{};
  Exit exit_of_nonzero{};

  [[nodiscard]] bool chosen_by(const flow::Test& test) const {
    return test.reg == reg && test.if_zero == static_cast<flow::Target>(if_zero) &&
           test.if_nonzero == static_cast<flow::Target>(if_nonzero);
  }
};

/// All such pairs of a program; no block is in two.
std::vector<IfConvertedPair> find_if_converted_pairs(const flow::Flow& flow);

}  // namespace nram::jit
