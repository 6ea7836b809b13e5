#include "plan.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

namespace nram::bulk {
namespace {

using flow::Block;
using flow::Flow;
using flow::Instruction;
using flow::Operand;

constexpr std::size_t most_steps = 8;      // of a turn
constexpr std::size_t most_plans = 4;      // of a block, those of fewest steps
constexpr std::size_t most_cycles = 64;    // through a block that are looked at
constexpr std::size_t most_visits = 2000;  // of blocks, in the search for the cycles of one
constexpr std::size_t most_blocks = 256;   // programs of more are too diverse to be worth it

// One outcome of a zero test.
struct Outcome {
  unsigned reg;
  bool zero;
};

// A way through a decision.
struct Way {
  std::size_t target;
  std::vector<Outcome> outcomes;
};

void collect_ways(const flow::Decision& decision, flow::Target target, std::vector<Outcome>& so_far,
                  std::vector<Way>& ways) {
  if (target >= 0) {
    ways.push_back({static_cast<std::size_t>(target), so_far});
    return;
  }
  const flow::Test& test = decision.tests[static_cast<std::size_t>(~target)];
  so_far.push_back({test.reg, true});
  collect_ways(decision, test.if_zero, so_far, ways);
  so_far.back().zero = false;
  collect_ways(decision, test.if_nonzero, so_far, ways);
  so_far.pop_back();
}

// Builds the plan of one cycle: its turn as nodes, then the shape of every register.
class Builder {
 public:
  explicit Builder(const Flow& flow) : registers_(flow.machine.registers()), flow_(flow) {
    for (unsigned r = 0; r < registers_; ++r) {
      values_.push_back(
          add({Node::Kind::input, Op::add, 0, static_cast<std::int32_t>(r), no_node, no_node}));
    }
    inputs_ = values_;
  }

  void step(const Block& block, const Way& way) {
    std::vector<NodeIndex> results;
    const auto value = [&](Operand operand) {
      switch (operand.kind) {
        case Operand::Kind::input:
          return values_[operand.position()];
        case Operand::Kind::result:
          return results[operand.position()];
        case Operand::Kind::constant:
          break;
      }
      return constant(operand.index);
    };
    for (const Instruction& i : block.code) {
      results.push_back(instruction(i, value(i.a), value(i.b)));
    }
    std::vector<NodeIndex> next;
    for (const Operand operand : block.registers) {
      next.push_back(value(operand));
    }
    values_ = std::move(next);
    for (const Outcome& outcome : way.outcomes) {
      tests_.push_back({values_[outcome.reg], outcome.zero});
    }
    ++plan_.steps;
  }

  std::optional<Plan> finish(std::size_t first) {
    plan_.first = first;
    use_tests();
    reading_.resize(registers_);
    for (unsigned r = 0; r < registers_ && possible_; ++r) {
      resolve(r);
    }
    if (!possible_ || contradicts()) {
      return std::nullopt;
    }
    emit_all();
    if (!possible_) {
      return std::nullopt;
    }
    return std::move(plan_);
  }

 private:
  // In a turn that goes on, max(x, y) = x and min(x, y) = y for a y of 0 or 1 if a test asks for
  // x ≠ 0. (In others it need not be right: they are not run in bulk.) Of an x that counts, such as
  // r + 1, this is taken for granted by a test of its own.
  void use_tests() {
    std::vector<bool> nonzero(nodes_.size(), false);
    for (const TurnTest& test : tests_) {
      nonzero[test.node] = nonzero[test.node] || !test.zero;
    }
    const auto is_small = [&](NodeIndex index) {
      const Node& node = nodes_[index];
      return node.kind == Node::Kind::constant
                 ? node.number == 0 || node.number == 1
                 : node.kind == Node::Kind::compute &&
                       (node.op == Op::lt || node.op == Op::le || node.op == Op::eq);
    };
    const auto counts = [&](NodeIndex index) {
      return is_op(index, Op::add) && nodes_[nodes_[index].b].kind == Node::Kind::constant;
    };
    std::vector<NodeIndex> same(nodes_.size());
    const auto replace = [&](NodeIndex& index) {
      index = index == no_node ? no_node : same[index];
    };
    for (NodeIndex n = 0; n < nodes_.size(); ++n) {
      same[n] = n;
      Node& node = nodes_[n];
      replace(node.a);
      replace(node.b);
      uses_[n] = node.kind == Node::Kind::input ? uses_[n] : used_by(node.a) | used_by(node.b);
      if (!is_op(n, Op::max) && !is_op(n, Op::min)) {
        continue;
      }
      for (const auto& [large, small] : {std::pair(node.a, node.b), std::pair(node.b, node.a)}) {
        if (!nonzero[large] && counts(large) && is_op(n, Op::max) && is_small(small)) {
          tests_.push_back({large, false});
          nonzero[large] = true;
        }
        if (nonzero[large] && is_small(small)) {
          same[n] = node.op == Op::max ? large : small;
          nonzero[same[n]] = nonzero[same[n]] || nonzero[n];
        }
      }
    }
    for (NodeIndex& value : values_) {
      replace(value);
    }
    for (TurnTest& test : tests_) {
      replace(test.node);
    }
    for (Store& store : stores_) {
      replace(store.address);
      replace(store.value);
    }
    for (NodeIndex& check : checks_) {
      replace(check);
    }
    known_.clear();  // nodes are not what they were
  }

  enum class State : std::uint8_t { open, under_way, done };

  // What the input node of a register turns out to be.
  struct Reading {
    State state = State::open;
    Node::Kind kind = Node::Kind::input;
    Op op = Op::add;            // of a scan
    NodeIndex other = no_node;  // the accumulated value, or the register's new value
    Shape shape = Shape::uniform;
  };

  NodeIndex add(const Node& node) {
    // Loads of one address may differ if there is a store in between.
    if (node.op != Op::load || node.kind != Node::Kind::compute) {
      const auto key = std::tuple(node.kind, node.op, node.module, node.number, node.a, node.b);
      const auto [entry, is_new] = known_.emplace(key, static_cast<NodeIndex>(nodes_.size()));
      if (!is_new) {
        return entry->second;
      }
    }
    nodes_.push_back(node);
    uses_.push_back(node.kind == Node::Kind::input ? 1U << static_cast<unsigned>(node.number)
                                                   : used_by(node.a) | used_by(node.b));
    return static_cast<NodeIndex>(nodes_.size() - 1);
  }

  NodeIndex constant(std::int32_t k) { return add({Node::Kind::constant, Op::add, 0, k}); }

  NodeIndex instruction(const Instruction& i, NodeIndex a, NodeIndex b) {
    switch (i.op) {
      case Op::check:
        checks_.push_back(a);
        return no_node;
      case Op::store:
        stores_.push_back({a, b});
        accesses_.push_back({static_cast<NodeIndex>(stores_.size() - 1), true});
        return no_node;
      case Op::load: {
        const NodeIndex node = add({Node::Kind::compute, i.op, 0, 0, a});
        accesses_.push_back({node, false});
        return node;
      }
      default:
        return add({Node::Kind::compute, i.op, i.module, 0, a, b});
    }
  }

  bool is_op(NodeIndex index, Op op) const {
    return nodes_[index].kind == Node::Kind::compute && nodes_[index].op == op;
  }

  std::uint32_t used_by(NodeIndex index) const { return index == no_node ? 0 : uses_[index]; }

  // Whether a node uses the value of register r at the start of this very turn.
  bool uses(NodeIndex index, unsigned r) const { return ((used_by(index) >> r) & 1U) != 0; }

  // How register r changes from turn to turn. One that is asked for while it is being found out
  // depends on itself in a way that nothing here can run in bulk.
  const Reading& resolve(unsigned r) {
    Reading& reading = reading_[r];
    if (reading.state == State::under_way) {
      possible_ = false;
    }
    if (reading.state != State::open || !possible_) {
      return reading;
    }
    reading.state = State::under_way;
    const NodeIndex after = values_[r];
    if (after == inputs_[r]) {
      reading.shape = Shape::uniform;
    } else if (uses(after, r)) {
      accumulate(r, reading);
    } else {
      reading.other = after;
      reading.shape = shape(after);
      reading.kind = reading.shape == Shape::varying ? Node::Kind::shifted : Node::Kind::input;
    }
    reading.state = State::done;
    return reading_[r];
  }

  // r + x - y ...: linear if x and y are uniform, else a scan, as are min(r, x, ...) and max.
  void accumulate(unsigned r, Reading& reading) {
    NodeIndex total = no_node;
    NodeIndex at = values_[r];
    const Op kind = is_op(at, Op::sub) ? Op::add : nodes_[at].op;
    bool linear = kind == Op::add;
    while (at != inputs_[r]) {
      const Node node = nodes_[at];
      const bool subtracts = is_op(at, Op::sub);
      const bool fits = node.kind == Node::Kind::compute &&
                        (subtracts ? kind == Op::add : node.op == kind) &&
                        (kind == Op::add || kind == Op::min || kind == Op::max);
      const bool in_a = fits && uses(node.a, r);
      const NodeIndex x = in_a ? node.b : node.a;
      if (!fits || uses(x, r) || (subtracts && !in_a)) {
        possible_ = false;
        return;
      }
      linear = linear && shape(x) == Shape::uniform;
      if (subtracts) {
        total =
            add({Node::Kind::compute, Op::sub, 0, 0, total == no_node ? constant(0) : total, x});
      } else {
        total = total == no_node ? x : add({Node::Kind::compute, kind, 0, 0, total, x});
      }
      at = in_a ? node.a : node.b;
    }
    reading.other = linear ? values_[r] : total;
    reading.shape = linear ? Shape::linear : Shape::varying;
    reading.kind = linear ? Node::Kind::input : Node::Kind::scan;
    reading.op = kind;
    shape(total);  // finds out whether an x depends on r after all
  }

  Shape shape(NodeIndex index) {
    if (index == no_node || !possible_) {
      return Shape::uniform;
    }
    if (const auto known = shapes_.find(index); known != shapes_.end()) {
      return known->second;
    }
    const Node node = nodes_[index];
    Shape result = Shape::uniform;
    if (node.kind == Node::Kind::input) {
      result = resolve(static_cast<unsigned>(node.number)).shape;
    } else if (node.kind == Node::Kind::compute) {
      const Shape a = shape(node.a);
      const Shape b = shape(node.b);
      const bool sums = node.op == Op::add || node.op == Op::sub;
      if (a == Shape::varying || b == Shape::varying) {
        result = Shape::varying;
      } else if (a == Shape::linear || b == Shape::linear) {
        result = sums ? Shape::linear : Shape::varying;
      }
    }
    if (possible_) {
      shapes_.emplace(index, result);
    }
    return result;
  }

  // Whether a test asks for what is never so, or two ask for opposites.
  bool contradicts() {
    std::vector<TurnTest> kept;
    for (const TurnTest& test : tests_) {
      const Node& node = nodes_[test.node];
      if (node.kind == Node::Kind::constant && std::abs(node.number) < 3) {
        if ((node.number == 0) != test.zero) {
          return true;
        }
        continue;
      }
      const auto same = std::find_if(kept.begin(), kept.end(),
                                     [&](const TurnTest& t) { return t.node == test.node; });
      if (same == kept.end()) {
        kept.push_back(test);
      } else if (same->zero != test.zero) {
        return true;
      }
    }
    tests_ = std::move(kept);
    return false;
  }

  // The nodes in use, in an order in which they can be computed; those that tests need come first.
  void emit_all() {
    place_.assign(nodes_.size(), no_node);
    for (const TurnTest& test : tests_) {
      plan_.tests.push_back({emit(test.node), test.zero});
    }
    for (const Access& access : accesses_) {
      const NodeIndex address =
          access.is_store ? stores_[access.node].address : nodes_[access.node].a;
      plan_.addresses.push_back(emit(address));
    }
    for (const NodeIndex check : checks_) {
      plan_.addresses.push_back(emit(check));
    }
    for (const Store& store : stores_) {
      plan_.stores.push_back({emit(store.address), emit(store.value)});
    }
    for (const NodeIndex after : values_) {
      plan_.after.push_back(emit(after));
    }
    std::sort(plan_.addresses.begin(), plan_.addresses.end());
    plan_.addresses.erase(std::unique(plan_.addresses.begin(), plan_.addresses.end()),
                          plan_.addresses.end());
    for (const Access& access : accesses_) {
      // A load that nothing uses reads nothing; its address was checked all the same.
      if (access.is_store || place_[access.node] != no_node) {
        plan_.accesses.push_back(
            {access.is_store ? access.node : place_[access.node], access.is_store});
      }
    }
    for (const TurnTest& test : plan_.tests) {
      plan_.nodes[test.node].test = test.zero ? Node::Test::zero : Node::Test::nonzero;
    }
    for (const NodeIndex address : plan_.addresses) {
      plan_.nodes[address].is_address = true;
    }
    for (auto node = plan_.nodes.rbegin(); node != plan_.nodes.rend(); ++node) {
      node->early = node->early || node->test != Node::Test::none || node->is_address;
      for (const NodeIndex operand : {node->a, node->b}) {
        if (node->early && operand != no_node) {
          plan_.nodes[operand].early = true;
        }
      }
    }
    mark_only_stored();
    find_levels();
    for (const NodeIndex scan : plan_.scans) {
      mark_folded(scan);
    }
    for (const Store& store : plan_.stores) {
      plan_.may_be_parallel =
          plan_.may_be_parallel && plan_.nodes[store.address].shape != Shape::varying;
    }
  }

  void find_levels() {
    for (NodeIndex i = 0; i < plan_.nodes.size(); ++i) {
      Node& node = plan_.nodes[i];
      for (const NodeIndex operand : {node.a, node.b}) {
        node.level =
            std::max(node.level, operand == no_node ? std::uint8_t{0} : plan_.nodes[operand].level);
      }
      if (node.kind == Node::Kind::scan) {
        plan_.scans.push_back(i);
        ++node.level;
      }
      plan_.levels = std::max(plan_.levels, node.level);
    }
  }

  // The chain of operations from an accumulator to its new value, if nothing else uses any of them.
  void mark_folded(NodeIndex scan) {
    const auto reg = static_cast<std::size_t>(plan_.nodes[scan].number);
    std::vector<NodeIndex> chain = {scan};
    while (chain.back() != plan_.after[reg]) {
      const std::vector<NodeIndex> users = users_of(chain.back());
      if (users.size() != 1) {
        return;
      }
      chain.push_back(users.front());
    }
    const bool is_only_result =
        users_of(chain.back()).empty() &&
        std::count(plan_.after.begin(), plan_.after.end(), chain.back()) == 1;
    const auto is_looked_at = [&](NodeIndex node) {
      return plan_.nodes[node].early ||
             (node != chain.back() &&
              std::count(plan_.after.begin(), plan_.after.end(), node) != 0);
    };
    if (!is_only_result || std::any_of(chain.begin(), chain.end(), is_looked_at)) {
      return;
    }
    bool is_stored = false;
    for (const Store& store : plan_.stores) {
      const bool is_in_chain = std::find(chain.begin(), chain.end(), store.value) != chain.end();
      is_stored = is_stored || is_in_chain;
      if (is_in_chain &&
          (store.value != chain.back() || plan_.nodes[store.address].shape != Shape::uniform)) {
        return;
      }
    }
    for (const NodeIndex node : chain) {
      plan_.nodes[node].folded = !is_stored;
      plan_.nodes[node].folded_or_kept = true;
    }
  }

  std::vector<NodeIndex> users_of(NodeIndex of) const {
    std::vector<NodeIndex> users;
    for (NodeIndex i = 0; i < plan_.nodes.size(); ++i) {
      if (plan_.nodes[i].a == of || plan_.nodes[i].b == of) {
        users.push_back(i);
      }
    }
    return users;
  }

  void mark_only_stored() {
    if (plan_.stores.size() != 1) {
      return;
    }
    Node& value = plan_.nodes[plan_.stores.front().value];
    const auto is_value = [&](NodeIndex index) { return index == plan_.stores.front().value; };
    value.only_stored =
        value.kind == Node::Kind::compute && value.shape == Shape::varying && !value.early &&
        std::none_of(plan_.after.begin(), plan_.after.end(), is_value) &&
        std::none_of(plan_.nodes.begin(), plan_.nodes.end(),
                     [&](const Node& node) { return is_value(node.a) || is_value(node.b); });
  }

  NodeIndex emit(NodeIndex index) {
    if (index == no_node) {
      return no_node;
    }
    if (place_[index] != no_node) {
      return place_[index];
    }
    Node node = nodes_[index];
    node.shape = shape(index);
    if (node.kind == Node::Kind::input) {
      const Reading& reading = reading_[static_cast<std::size_t>(node.number)];
      node.kind = reading.kind;
      node.op = reading.op;
      // A linear register's own new value depends on the register and comes later.
      const bool later = reading.shape == Shape::linear && reading.other != no_node &&
                         uses(reading.other, static_cast<unsigned>(node.number));
      node.a = later ? no_node : emit(reading.other);
    } else {
      node.a = emit(node.a);
      node.b = emit(node.b);
    }
    plan_.nodes.push_back(node);
    place_[index] = static_cast<NodeIndex>(plan_.nodes.size() - 1);
    return place_[index];
  }

  unsigned registers_;
  const Flow& flow_;
  Plan plan_;
  std::vector<Node> nodes_;
  std::map<std::tuple<Node::Kind, Op, std::uint8_t, std::int32_t, NodeIndex, NodeIndex>, NodeIndex>
      known_;
  std::vector<std::uint32_t> uses_;  // of nodes: which registers, a bit each
  std::vector<NodeIndex> inputs_;
  std::vector<NodeIndex> values_;  // of registers, so far
  std::vector<TurnTest> tests_;
  std::vector<Store> stores_;
  std::vector<Access> accesses_;
  std::vector<NodeIndex> checks_;
  std::vector<Reading> reading_;
  std::map<NodeIndex, Shape> shapes_;
  std::vector<NodeIndex> place_;
  bool possible_ = true;
};

// The cycles through one block.
class Search {
 public:
  Search(const Flow& flow, const std::vector<std::vector<Way>>& ways, std::size_t first)
      : flow_(flow), ways_(ways), first_(first) {
    extend(first);
  }
  std::vector<Plan> take() {
    std::stable_sort(plans_.begin(), plans_.end(),
                     [](const Plan& a, const Plan& b) { return a.steps < b.steps; });
    plans_.resize(std::min(plans_.size(), most_plans));
    return std::move(plans_);
  }

 private:
  void extend(std::size_t block) {
    if (++visits_ > most_visits || path_.size() == most_steps || flow_.blocks[block].finish) {
      return;
    }
    for (const Way& way : ways_[flow_.blocks[block].next]) {
      path_.emplace_back(block, &way);
      if (way.target == first_) {
        add_plan();
      } else if (std::none_of(path_.begin(), path_.end(),
                              [&](const auto& on) { return on.first == way.target; })) {
        extend(way.target);
      }
      path_.pop_back();
    }
  }

  void add_plan() {
    if (++cycles_ > most_cycles) {
      return;
    }
    Builder builder(flow_);
    for (const auto& [block, way] : path_) {
      builder.step(flow_.blocks[block], *way);
    }
    if (auto plan = builder.finish(first_)) {
      for (const auto& [block, way] : path_) {
        plan->blocks.push_back(block);
      }
      plans_.push_back(std::move(*plan));
    }
  }

  const Flow& flow_;
  const std::vector<std::vector<Way>>& ways_;
  std::size_t first_;
  std::vector<std::pair<std::size_t, const Way*>> path_;
  std::vector<Plan> plans_;
  std::size_t visits_ = 0;
  std::size_t cycles_ = 0;
};

}  // namespace

Plans find_plans(const Flow& flow) {
  Plans plans;
  plans.of_block.resize(flow.blocks.size());
  if (flow.blocks.size() > most_blocks) {
    return plans;
  }
  std::vector<std::vector<Way>> ways(flow.decisions.size());
  for (std::size_t d = 0; d < flow.decisions.size(); ++d) {
    std::vector<Outcome> none;
    collect_ways(flow.decisions[d], flow.decisions[d].root, none, ways[d]);
  }
  for (std::size_t b = 0; b < flow.blocks.size(); ++b) {
    plans.of_block[b] = Search(flow, ways, b).take();
    plans.any = plans.any || !plans.of_block[b].empty();
  }
  return plans;
}

}  // namespace nram::bulk
