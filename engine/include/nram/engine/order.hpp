#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nram/engine/modulus.hpp>

namespace nram {

/// Which numbers the values of a machine stand for when LT, LE, MIN and MAX compare them. Nothing
/// else depends on it: addition and subtraction are the same for both.
enum class Order : std::uint8_t {
  unsigned_numbers,  ///< 0 to M - 1
  signed_numbers,    ///< two's complement: values from ceil(M / 2) on are v - M, below 0
};

/// "unsigned" or "signed".
std::string_view name_of(Order order);

/// The order of this name, or nothing.
std::optional<Order> order_named(std::string_view name);

/// The value as people read it: "-3" for M - 3 where numbers are signed.
std::string number_text(Word value, Modulus modulus, Order order);

/// The place of a value among all signed numbers of Z_M, from 0 for the smallest one on: comparing
/// places as unsigned numbers compares values as signed ones. Precondition: value < M.
constexpr Word signed_place(Word value, Modulus modulus) {
  return modulus.add(value, modulus.largest() / 2 + modulus.largest() % 2);
}

/// The place of a number of 64 bits among all of this order: places compare as unsigned numbers do.
/// It is its own inverse.
constexpr Word place_in(Order order, Word value) {
  return order == Order::signed_numbers ? signed_place(value, Modulus::word64()) : value;
}

/// Whether the value stands for a number below 0 if all are signed. Precondition: value < M.
constexpr bool is_negative(Word value, Modulus modulus) { return value > modulus.largest() / 2; }

}  // namespace nram
