#include "plan_layout.hpp"

#include <algorithm>
#include <utility>

namespace nram::loops {
namespace {

// Makes nodes of the expressions in use, in an order in which they can be computed; those that
// conditions and addresses need come first.
class Emitter {
 public:
  Emitter(const Iteration& iteration, const Recurrences& recurrences)
      : iteration_(iteration),
        recurrences_(recurrences),
        place_(iteration.expressions.size(), no_node) {}

  Plan emit() {
    plan_.steps = iteration_.steps;
    std::vector<std::pair<NodeIndex, Guard>> guards;
    std::vector<NodeIndex> addresses;
    for (const Condition& condition : iteration_.conditions) {
      guards.emplace_back(emit(condition.value), condition.is_zero ? Guard::zero : Guard::nonzero);
    }
    for (const Access& access : iteration_.accesses) {
      addresses.push_back(emit(access.is_store ? iteration_.stores[access.node].address
                                               : iteration_.expressions[access.node].a));
    }
    for (const ExpressionIndex address : iteration_.checked) {
      addresses.push_back(emit(address));
    }
    for (const Store& store : iteration_.stores) {
      const NodeIndex address = emit(store.address);
      plan_.stores.push_back({address, emit(store.value)});
    }
    for (const ExpressionIndex after : iteration_.after) {
      plan_.after.push_back(emit(after));
    }
    for (const Access& access : iteration_.accesses) {
      // A load that nothing uses reads nothing; its address is checked all the same.
      if (access.is_store || place_[access.node] != no_node) {
        plan_.accesses.push_back(
            {access.is_store ? access.node : place_[access.node], access.is_store});
      }
    }
    for (const auto& [node, guard] : guards) {
      plan_.nodes[node].guard = guard;
    }
    for (const NodeIndex address : addresses) {
      plan_.nodes[address].is_address = true;
    }
    return std::move(plan_);
  }

 private:
  NodeIndex emit(ExpressionIndex index) {
    if (index == no_expression) {
      return no_node;
    }
    if (place_[index] == no_node) {
      const Node node = node_of(index);
      plan_.nodes.push_back(node);
      place_[index] = static_cast<NodeIndex>(plan_.nodes.size() - 1);
    }
    return place_[index];
  }

  Node node_of(ExpressionIndex index) {
    const Expression& expression = iteration_.expressions[index];
    Node node;
    node.op = expression.op;
    node.module = expression.module;
    node.number = expression.number;
    node.evolution = recurrences_.evolution[index];
    switch (expression.kind) {
      case Expression::Kind::constant:
        node.kind = Node::Kind::constant;
        break;
      case Expression::Kind::compute:
        node.kind = Node::Kind::compute;
        node.a = emit(expression.a);
        node.b = emit(expression.b);
        break;
      case Expression::Kind::input:
        read_register(node);
        break;
    }
    return node;
  }

  void read_register(Node& node) {
    const Recurrence& recurrence = recurrences_.of_register[static_cast<std::size_t>(node.number)];
    node.kind = Node::Kind::input;
    switch (recurrence.kind) {
      case Recurrence::Kind::invariant:
      case Recurrence::Kind::induction:  // its new value depends on the register and comes later
        break;
      case Recurrence::Kind::recomputed:
        node.kind =
            recurrence.evolution == Evolution::varying ? Node::Kind::recomputed : Node::Kind::input;
        node.a = emit(recurrence.value);
        break;
      case Recurrence::Kind::reduction:
        node.kind = Node::Kind::reduction;
        node.op = recurrence.op;
        node.a = emit(recurrence.value);
        break;
    }
  }

  const Iteration& iteration_;
  const Recurrences& recurrences_;
  std::vector<NodeIndex> place_;  // by expression
  Plan plan_;
};

std::vector<NodeIndex> users_of(const Plan& plan, NodeIndex of) {
  std::vector<NodeIndex> users;
  for (NodeIndex i = 0; i < plan.nodes.size(); ++i) {
    if (plan.nodes[i].a == of || plan.nodes[i].b == of) {
      users.push_back(i);
    }
  }
  return users;
}

std::ptrdiff_t registers_that_become(const Plan& plan, NodeIndex node) {
  return std::count(plan.after.begin(), plan.after.end(), node);
}

void mark_inspected(Plan& plan) {
  for (auto node = plan.nodes.rbegin(); node != plan.nodes.rend(); ++node) {
    node->inspected = node->inspected || node->guard != Guard::none || node->is_address;
    for (const NodeIndex operand : {node->a, node->b}) {
      if (node->inspected && operand != no_node) {
        plan.nodes[operand].inspected = true;
      }
    }
  }
}

void mark_only_stored(Plan& plan) {
  if (plan.stores.size() != 1) {
    return;
  }
  const NodeIndex stored = plan.stores.front().value;
  Node& value = plan.nodes[stored];
  value.only_stored = value.kind == Node::Kind::compute && value.evolution == Evolution::varying &&
                      !value.inspected && registers_that_become(plan, stored) == 0 &&
                      users_of(plan, stored).empty();
}

void find_levels(Plan& plan) {
  for (NodeIndex i = 0; i < plan.nodes.size(); ++i) {
    Node& node = plan.nodes[i];
    for (const NodeIndex operand : {node.a, node.b}) {
      if (operand != no_node) {
        node.level = std::max(node.level, plan.nodes[operand].level);
      }
    }
    if (node.kind == Node::Kind::reduction) {
      plan.reductions.push_back(i);
      ++node.level;
    }
    plan.levels = std::max(plan.levels, node.level);
  }
}

// The chain of operations from a reduction to its new value; empty if something else uses one of
// them within the loop, apart from stores.
std::vector<NodeIndex> private_chain(const Plan& plan, NodeIndex reduction) {
  const NodeIndex end = plan.after[static_cast<std::size_t>(plan.nodes[reduction].number)];
  std::vector<NodeIndex> chain = {reduction};
  while (chain.back() != end) {
    const std::vector<NodeIndex> users = users_of(plan, chain.back());
    if (users.size() != 1) {
      return {};
    }
    chain.push_back(users.front());
  }
  const auto is_private = [&](NodeIndex node) {
    return !plan.nodes[node].inspected &&
           registers_that_become(plan, node) == (node == end ? 1 : 0);
  };
  return users_of(plan, end).empty() && std::all_of(chain.begin(), chain.end(), is_private)
             ? chain
             : std::vector<NodeIndex>();
}

void mark_folded(Plan& plan, NodeIndex reduction) {
  const std::vector<NodeIndex> chain = private_chain(plan, reduction);
  bool is_stored = false;
  for (const Store& store : plan.stores) {
    const bool is_in_chain = std::find(chain.begin(), chain.end(), store.value) != chain.end();
    is_stored = is_stored || is_in_chain;
    if (is_in_chain && (store.value != chain.back() ||
                        plan.nodes[store.address].evolution != Evolution::invariant)) {
      return;
    }
  }
  for (const NodeIndex node : chain) {
    plan.nodes[node].folded = !is_stored;
    plan.nodes[node].folded_or_stored = true;
  }
}

}  // namespace

Plan lay_out(const Iteration& iteration, const Recurrences& recurrences) {
  Plan plan = Emitter(iteration, recurrences).emit();
  mark_inspected(plan);
  mark_only_stored(plan);
  find_levels(plan);
  for (const NodeIndex reduction : plan.reductions) {
    mark_folded(plan, reduction);
  }
  plan.may_be_parallel =
      std::none_of(plan.stores.begin(), plan.stores.end(), [&](const Store& store) {
        return plan.nodes[store.address].evolution == Evolution::varying;
      });
  return plan;
}

}  // namespace nram::loops
