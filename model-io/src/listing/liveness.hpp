#pragma once

#include "listing/effect.hpp"
#include "listing/relations.hpp"
#include "listing/variables.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <vector>

namespace nram::listings {

/// Slot (node, register): what a register means when the node begins.
using Slot = std::size_t;
using Slots = std::set<Slot>;

/// Which slots matter. A node that `inherits` knows most registers by the slots of the node before
/// it, so that what that one does to them is written down only where it is used.
class Liveness {
 public:
  Liveness(Expressions& expressions, const flow::Flow& flow, const Graph& graph, Deferral deferral);

  [[nodiscard]] const Graph& graph() const { return graph_; }
  [[nodiscard]] Slot slot(std::size_t node, std::size_t r) const { return node * registers_ + r; }
  [[nodiscard]] std::size_t node_of(Slot slot) const { return slot / registers_; }
  [[nodiscard]] unsigned register_of(Slot slot) const {
    return static_cast<unsigned>(slot % registers_);
  }
  [[nodiscard]] std::size_t slots() const { return graph_.nodes.size() * registers_; }

  /// Slots that matter when the node begins. Those of other nodes are inherited.
  [[nodiscard]] const Slots& live(std::size_t node) const { return live_[node]; }
  [[nodiscard]] const Effect& effect(std::size_t node) const { return effects_[node]; }
  /// The slot that the register still is behind the node, if it is one.
  [[nodiscard]] std::optional<Slot> unchanged(std::size_t node, std::size_t r) const;

  /// Runs all nodes again, with slots called so.
  void evaluate(const std::function<Value(Slot)>& name);

  /// Nodes that change nothing that matters.
  [[nodiscard]] std::vector<bool> idle() const;

 private:
  void evaluate_node(std::size_t n, const std::function<Value(Slot)>& name,
                     std::vector<std::optional<Effect>>& done);
  [[nodiscard]] Slots live_in(std::size_t n);
  void find_live();
  [[nodiscard]] bool may_inherit(std::size_t n, Deferral deferral);
  [[nodiscard]] bool is_plain(Value value, unsigned depth = 0) const;

  Expressions& expressions_;
  const flow::Flow& flow_;
  const Graph& graph_;
  std::size_t registers_;
  std::vector<std::vector<std::size_t>> before_;
  std::vector<std::vector<Relation>> relations_;
  std::vector<bool> inherits_;
  std::vector<std::set<unsigned>> own_;  // registers of an heir that have slots of their own
  std::vector<Effect> effects_;
  std::vector<std::vector<Slot>> held_;  // the slot that each register is when a node begins
  std::vector<std::vector<Value>> old_;  // what that slot holds
  std::vector<Slots> live_;
};

}  // namespace nram::listings
