#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <nram/engine/modulus.hpp>
#include <nram/engine/order.hpp>

namespace nram {

/// One input/output example: what a task consists of.
struct Example {
  std::vector<Word> memory;                   ///< before the run
  std::vector<std::optional<Word>> expected;  ///< after it; nothing = this cell does not count
  std::vector<Word> registers{};              ///< initial values; empty = all 0
  std::optional<std::uint64_t> steps{};       ///< the budget T, if the example sets one
  /// Whether values are signed numbers of 64 bits, as two's complement: some are below 0.
  bool has_negative = false;

  friend bool operator==(const Example&, const Example&) = default;
};

/// Which numbers the values of an example stand for: signed ones if some are below 0. Of several
/// examples, which are about the same numbers: signed ones if it is so in any. O(examples).
Order order_of(const Example& example);
Order order_of(std::span<const Example> examples);

/// A signed example as one modulo M: values below 0 count down from M. Others stay as they are.
/// Precondition: every value lies within the signed numbers of Z_M, see modulus_for_signed.
Example modulo(Example example, Modulus modulus);

/// The smallest modulus among whose signed numbers all values of the example lie, taken as signed
/// numbers of 64 bits, and the addresses of all its cells among those not below 0; 0 stands for
/// 2^64, or for none. O(cells).
Word modulus_for_signed(const Example& example);

/// The largest of all values in the example; 0 if it has none. It is below the number of cells
/// unless the example is about words.
Word largest_value(const Example& example);

/// The example with cells added behind it, up to `cells`, that are 0 and do not count: so a machine
/// whose modulus is its number of cells can hold larger values.
Example padded(Example example, std::size_t cells);

}  // namespace nram
