#include <nram/engine/order.hpp>

namespace nram {

std::string_view name_of(Order order) {
  return order == Order::signed_numbers ? "signed" : "unsigned";
}

std::optional<Order> order_named(std::string_view name) {
  for (const Order order : {Order::unsigned_numbers, Order::signed_numbers}) {
    if (name == name_of(order)) {
      return order;
    }
  }
  return std::nullopt;
}

std::string number_text(Word value, Modulus modulus, Order order) {
  return order == Order::signed_numbers && is_negative(value, modulus)
             ? "-" + std::to_string(modulus.sub(0, value))
             : std::to_string(value);
}

}  // namespace nram
