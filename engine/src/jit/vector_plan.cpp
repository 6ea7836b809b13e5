#include "vector_plan.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace nram::jit {
namespace {

using bulk::Node;
using bulk::no_node;
using bulk::NodeIndex;
using bulk::Op;
using bulk::Plan;
using bulk::Shape;

// Finds the strides of linear nodes.
class Strides {
 public:
  explicit Strides(const Plan& plan) : plan_(plan) {}

  // By node; nothing if one is not known before the loop runs.
  std::optional<std::vector<std::int64_t>> find() const {
    std::vector<std::int64_t> strides(plan_.nodes.size(), 0);
    for (std::size_t i = 0; i < plan_.nodes.size(); ++i) {
      const Node& node = plan_.nodes[i];
      if (node.shape != Shape::linear) {
        continue;
      }
      if (node.kind == Node::Kind::compute) {
        strides[i] =
            node.op == Op::add ? strides[node.a] + strides[node.b] : strides[node.a] - strides[node.b];
      } else if (node.a != no_node) {
        strides[i] = strides[node.a];
      } else {
        const auto change = change_of(node.number);
        if (!change) {
          return std::nullopt;
        }
        strides[i] = *change;
      }
    }
    return strides;
  }

 private:
  // How much a turn adds to register r, if that is a number.
  std::optional<std::int64_t> change_of(std::int32_t r) const {
    std::int64_t sum = 0;
    NodeIndex at = plan_.after[static_cast<std::size_t>(r)];
    while (plan_.nodes[at].kind == Node::Kind::compute) {
      const Node& node = plan_.nodes[at];
      const bool adds = node.op == Op::add;
      if (is_number(node.b) && (adds || node.op == Op::sub)) {
        sum += adds ? plan_.nodes[node.b].number : -std::int64_t{plan_.nodes[node.b].number};
        at = node.a;
      } else if (is_number(node.a) && adds) {
        sum += plan_.nodes[node.a].number;
        at = node.b;
      } else {
        return std::nullopt;
      }
    }
    const Node& start = plan_.nodes[at];
    const bool is_own = start.kind == Node::Kind::input && start.number == r;
    return is_own ? std::optional(sum) : std::nullopt;
  }

  bool is_number(NodeIndex node) const { return plan_.nodes[node].kind == Node::Kind::constant; }

  const Plan& plan_;
};

bool is_walk(const VectorPlan& plan, NodeIndex address) {
  return plan.plan->nodes[address].shape == Shape::linear && std::abs(plan.strides[address]) == 1;
}

bool is_possible(const VectorPlan& plan, NodeIndex index) {
  const Node& node = plan.plan->nodes[index];
  if (node.kind == Node::Kind::scan || (node.shape == Shape::varying && node.is_address)) {
    return false;
  }
  if (node.kind == Node::Kind::compute) {
    const bool is_single = node.shape == Shape::uniform;
    return node.op != Op::custom && (node.op != Op::load || is_single || is_walk(plan, node.a));
  }
  // A linear value that has to be zero allows one turn.
  return !(node.shape == Shape::linear && node.test == Node::Test::zero);
}

}  // namespace

std::optional<VectorPlan> vectorise(const Plan& plan) {
  auto strides = Strides(plan).find();
  if (!strides || plan.stores.size() > 1) {
    return std::nullopt;
  }
  VectorPlan result{&plan, std::move(*strides)};
  for (NodeIndex i = 0; i < plan.nodes.size(); ++i) {
    if (!is_possible(result, i)) {
      return std::nullopt;
    }
  }
  if (!plan.stores.empty() && !is_walk(result, plan.stores.front().address)) {
    return std::nullopt;
  }
  return result;
}

}  // namespace nram::jit
