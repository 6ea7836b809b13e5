#include "vector_plan.hpp"

#include "native_run.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace nram::jit {
namespace {

using loops::Evolution;
using loops::Guard;
using loops::no_node;
using loops::Node;
using loops::NodeIndex;
using loops::Op;
using loops::Plan;

// Of all loops of a program: a node takes LLVM about a millisecond.
constexpr std::size_t most_nodes = 24;
// Sums of a few strides, and multiples by a number of lanes, are numbers of 64 bits.
constexpr std::int64_t largest_stride = std::int64_t{1} << 40U;

// Finds the strides of induction variables.
class Strides {
 public:
  explicit Strides(const Plan& plan) : plan_(plan) {}

  // By node; nothing if one is not known before the loop runs.
  std::optional<std::vector<std::int64_t>> find() const {
    std::vector<std::int64_t> strides(plan_.nodes.size(), 0);
    for (std::size_t i = 0; i < plan_.nodes.size(); ++i) {
      const Node& node = plan_.nodes[i];
      if (node.evolution != Evolution::induction) {
        continue;
      }
      if (node.kind == Node::Kind::compute) {
        strides[i] = node.op == Op::add ? strides[node.a] + strides[node.b]
                                        : strides[node.a] - strides[node.b];
      } else if (node.a != no_node) {
        strides[i] = strides[node.a];
      } else {
        const auto change = change_of(node.number);
        if (!change) {
          return std::nullopt;
        }
        strides[i] = *change;
      }
      if (std::abs(strides[i]) > largest_stride) {
        return std::nullopt;
      }
    }
    return strides;
  }

 private:
  // How much an iteration adds to register r, if that is a number.
  std::optional<std::int64_t> change_of(std::int64_t r) const {
    std::int64_t sum = 0;
    NodeIndex at = plan_.after[static_cast<std::size_t>(r)];
    while (plan_.nodes[at].kind == Node::Kind::compute) {
      const Node& node = plan_.nodes[at];
      const bool adds = node.op == Op::add;
      if (std::abs(sum) > largest_stride) {
        return std::nullopt;
      }
      if (is_number(node.b) && (adds || node.op == Op::sub)) {
        sum += adds ? plan_.nodes[node.b].number : -plan_.nodes[node.b].number;
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

  bool is_number(NodeIndex node) const {
    return plan_.nodes[node].kind == Node::Kind::constant &&
           std::abs(plan_.nodes[node].number) <= largest_stride;
  }

  const Plan& plan_;
};

bool is_walk(const VectorPlan& plan, NodeIndex address) {
  return plan.plan->nodes[address].evolution == Evolution::induction &&
         std::abs(plan.strides[address]) == 1;
}

bool is_possible(const VectorPlan& plan, NodeIndex index) {
  const Node& node = plan.plan->nodes[index];
  // What changes by the same amount in every iteration and has to be zero allows one iteration,
  // whether it is a register or computed.
  if (node.evolution == Evolution::induction && node.guard == Guard::zero) {
    return false;
  }
  if (node.kind == Node::Kind::compute) {
    const bool loads = node.op == Op::load && node.evolution == Evolution::varying;
    return node.op != Op::custom && (!loads || plan.is_varying(node.a) || is_walk(plan, node.a));
  }
  return true;
}

// The cell that all iterations store to, if all that they do with it is one reduction.
std::optional<VectorPlan::CellTotal> find_cell_total(const VectorPlan& plan) {
  const Plan& loop = *plan.plan;
  const loops::Store& store = loop.stores.front();
  const Node& total = loop.nodes[store.value];
  const bool is_reduction = total.kind == Node::Kind::compute && !total.inspected &&
                            (total.op == Op::add || flow::is_extreme(total.op));
  const auto uses = [&](NodeIndex node) {
    std::ptrdiff_t count = std::count(loop.after.begin(), loop.after.end(), node);
    for (const Node& user : loop.nodes) {
      count += (user.a == node ? 1 : 0) + (user.b == node ? 1 : 0);
    }
    return count;
  };
  if (!is_reduction || !plan.is_varying(store.value)) {
    return std::nullopt;
  }
  for (const auto& [load_side, x] : {std::pair(total.a, total.b), std::pair(total.b, total.a)}) {
    const auto load = load_side;  // captured below, which a binding may not be in Clang
    const Node& cell = loop.nodes[load];
    if (cell.kind == Node::Kind::compute && cell.op == Op::load && cell.a == store.address &&
        !cell.inspected && uses(load) == 1 && uses(store.value) == 0 &&
        !loop.nodes[x].folded_or_stored) {
      const auto is_load = [&](const loops::Access& one) {
        return !one.is_store && one.node == load;
      };
      const auto is_store = [](const loops::Access& one) { return one.is_store; };
      const auto& all = loop.accesses;
      if (std::find_if(all.begin(), all.end(), is_load) <
          std::find_if(all.begin(), all.end(), is_store)) {
        return VectorPlan::CellTotal{load, x, store.value};
      }
    }
  }
  return std::nullopt;
}

// Of a store to one and the same cell: whether the last iteration's value is known after the loop,
// from a register or as an induction variable, and no load is sure to ask for what was stored.
bool can_store_once(const VectorPlan& plan) {
  const Plan& loop = *plan.plan;
  const loops::Store& store = loop.stores.front();
  const bool is_known =
      !plan.is_varying(store.value) || plan.cell_total ||
      std::find(loop.after.begin(), loop.after.end(), store.value) != loop.after.end();
  return is_known && std::none_of(loop.accesses.begin(), loop.accesses.end(), [&](const auto& one) {
           return !one.is_store && loop.nodes[one.node].a == store.address &&
                  !(plan.cell_total && plan.cell_total->load == one.node);
         });
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
  if (!plan.stores.empty() && !result.stores_to_one_cell()) {
    return is_walk(result, plan.stores.front().address) ? std::optional(std::move(result))
                                                        : std::nullopt;
  }
  if (!plan.stores.empty()) {
    result.cell_total = find_cell_total(result);
    if (!can_store_once(result)) {
      return std::nullopt;
    }
  }
  const bool loads = std::any_of(plan.accesses.begin(), plan.accesses.end(),
                                 [&](const auto& load) { return result.is_varying(load.node); });
  return loads ? std::optional(std::move(result)) : std::nullopt;
}

std::vector<std::optional<VectorPlan>> choose_vector_plans(const loops::Plans& plans,
                                                           const std::vector<bool>& excluded) {
  std::vector<std::optional<VectorPlan>> chosen(plans.of_block.size());
  std::vector<std::size_t> blocks;
  const auto rank = [](const VectorPlan& one) {
    return std::pair(one.plan->steps, one.plan->stores.empty());
  };
  for (std::size_t b = 0; b < chosen.size(); ++b) {
    for (const Plan& plan : plans.of_block[b]) {
      std::optional<VectorPlan> one = excluded[b] ? std::nullopt : vectorise(plan);
      if (one && (!chosen[b] || rank(*one) < rank(*chosen[b]))) {
        chosen[b] = std::move(one);
      }
    }
    if (chosen[b]) {
      blocks.push_back(b);
    }
  }
  std::stable_sort(blocks.begin(), blocks.end(), [&](std::size_t a, std::size_t b) {
    return rank(*chosen[a]) < rank(*chosen[b]);
  });
  std::size_t loops = 0;
  std::size_t nodes = 0;
  for (const std::size_t block : blocks) {
    const std::size_t more = chosen[block]->plan->nodes.size();
    if (loops == most_vector_loops || nodes + more > most_nodes) {
      chosen[block].reset();
    } else {
      ++loops;
      nodes += more;
    }
  }
  return chosen;
}

}  // namespace nram::jit
