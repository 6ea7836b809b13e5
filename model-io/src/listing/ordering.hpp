#pragma once

#include "listing/effect.hpp"
#include "listing/uses.hpp"

#include <cstddef>
#include <set>
#include <vector>

namespace nram::listings {

/// A store, or what gives a variable its value.
struct Item {
  bool is_store = false;
  std::size_t place = 0;  ///< of a store, among the stores; otherwise the variable
  Value value = 0;
  Value address = 0;
  std::size_t step = 0;    ///< in which the machine does it; earlier ones come first if they may
  bool is_helper = false;  ///< the variable holds a value for others: it comes when they need it
};

/// Which items have to come before which: what uses a variable's old value before what changes it,
/// a load before the store that changes its cell, a name before its use, stores in their order.
class Ordering {
 public:
  /// Items of the variables in a set of `together` happen at once.
  Ordering(Expressions& expressions, const std::vector<Store>& stores, std::vector<Item> items,
           const Names& names, const std::vector<std::set<std::size_t>>& together);

  /// Finds an order; false if there is none.
  bool find();
  /// The order, as groups that happen at once.
  [[nodiscard]] const std::vector<std::vector<std::size_t>>& order() const { return order_; }
  /// After find() has failed: items of one circle.
  [[nodiscard]] std::vector<std::size_t> circle() const;

  [[nodiscard]] const std::vector<Item>& items() const { return items_; }
  /// Whether the item gives its variable the value that others get from there.
  [[nodiscard]] bool defines(const Item& item) const;
  [[nodiscard]] Uses uses(const Item& item) const;
  /// The first store behind which a load would give something else, or how many stores there are.
  [[nodiscard]] std::size_t valid_until(Value load) const;
  [[nodiscard]] bool assigns(std::size_t variable) const;

 private:
  void find_constraints();
  void find_steps_of_helpers();
  [[nodiscard]] bool is_ready(const std::vector<std::size_t>& group) const;
  [[nodiscard]] std::vector<std::size_t> group_of(std::size_t item) const;
  [[nodiscard]] std::set<std::size_t> reach(std::size_t from) const;

  Expressions& expressions_;
  const std::vector<Store>& stores_;
  std::vector<Item> items_;
  const Names& names_;
  const std::vector<std::set<std::size_t>>& together_;
  std::vector<std::set<std::size_t>> before_;  // by item: those before it
  std::vector<bool> done_;
  std::vector<std::vector<std::size_t>> order_;
};

}  // namespace nram::listings
