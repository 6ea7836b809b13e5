#pragma once

#include <cstdint>
#include <string>

namespace nram {

/// A value of the machine: an integer of Z_M. Every register and cell holds a value below M.
using Word = std::uint64_t;

/// The modulus M of the machine's arithmetic, 1 ≤ M ≤ 2^64.
///
/// All operations expect operands below M and return results below M.
class Modulus {
 public:
  /// The modulus `value`; throws Error(usage) if it is 0.
  static Modulus of(Word value);
  /// 2^32: the natural wrap-around of 32-bit cells.
  static constexpr Modulus word32() { return Modulus(Word{1} << 32U); }
  /// 2^64: the natural wrap-around of 64-bit cells.
  static constexpr Modulus word64() { return Modulus(0); }

  /// M, with 0 standing for 2^64.
  [[nodiscard]] constexpr Word value() const { return value_; }
  /// M - 1.
  [[nodiscard]] constexpr Word largest() const { return value_ - 1; }
  [[nodiscard]] constexpr bool contains(Word v) const { return v <= largest(); }
  /// v mod M, for any v.
  [[nodiscard]] constexpr Word reduce(Word v) const { return value_ == 0 ? v : v % value_; }

  [[nodiscard]] constexpr Word add(Word a, Word b) const {
    const Word sum = a + b;
    const bool carried = sum < a;
    return (carried || !contains(sum)) ? sum - value_ : sum;
  }
  [[nodiscard]] constexpr Word sub(Word a, Word b) const { return a >= b ? a - b : a - b + value_; }
  [[nodiscard]] constexpr Word inc(Word a) const { return a == largest() ? 0 : a + 1; }
  [[nodiscard]] constexpr Word dec(Word a) const { return a == 0 ? largest() : a - 1; }

  /// "2^64", "2^32" or the number.
  [[nodiscard]] std::string to_string() const;

  friend constexpr bool operator==(Modulus, Modulus) = default;

 private:
  constexpr explicit Modulus(Word value) : value_(value) {}

  Word value_;
};

}  // namespace nram
