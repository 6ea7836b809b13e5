#pragma once

#include "listing/expressions.hpp"
#include "listing/graph.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace nram::listings {

struct Store {
  Value address;
  Value value;
  std::size_t step = 0;  ///< which of the node's steps it happens in
  bool is_read = false;  ///< a load behind it may have read it
};

/// What a node does, all its steps as one: stores one after the other, then new registers. Values
/// are made of what registers hold when it begins and of what is loaded in between.
class Effect {
 public:
  /// `entry`: the registers at the start.
  Effect(Expressions& expressions, const flow::Flow& flow, const Node& node,
         std::vector<Value> entry);

  [[nodiscard]] const std::vector<Store>& stores() const { return stores_; }
  [[nodiscard]] const std::vector<Value>& registers() const { return registers_; }
  /// The step behind which register r has its final value.
  [[nodiscard]] std::size_t set_in(unsigned r) const { return set_in_[r]; }
  /// Of a branch: 1 if the register that is tested is zero, else 0.
  [[nodiscard]] std::optional<Value> is_zero() const { return is_zero_; }

 private:
  void run(const flow::Block& block, std::size_t step);
  /// How many stores there are up to the last that may have changed the cell.
  [[nodiscard]] std::size_t last_alias(Value address) const;
  /// What the cell holds now.
  [[nodiscard]] Value current(Value address) const;
  Value load(Value address);
  void store(Value address, Value value, std::size_t step);

  Expressions& expressions_;
  std::vector<Store> stores_;
  std::vector<Value> registers_;
  std::vector<std::size_t> set_in_;
  std::optional<Value> is_zero_;
};

}  // namespace nram::listings
