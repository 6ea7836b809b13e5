#include "listing/variables.hpp"

#include "listing/liveness.hpp"

#include <map>
#include <numeric>
#include <optional>
#include <utility>

namespace nram::listings {
namespace {

// Sets of numbers that are joined.
class Partition {
 public:
  explicit Partition(std::size_t size) : parent_(size) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }
  std::size_t find(std::size_t member) {
    while (parent_[member] != member) {
      member = parent_[member] = parent_[parent_[member]];
    }
    return member;
  }
  void join(std::size_t a, std::size_t b) { parent_[find(a)] = find(b); }

 private:
  std::vector<std::size_t> parent_;
};

// A web is a set of slots that are one variable because nothing happens between them; webs may
// share a variable. What a variable holds is the register and an offset, chosen by web.
class VariableSearch {
 public:
  VariableSearch(Expressions& expressions, Liveness& liveness)
      : expressions_(expressions),
        liveness_(liveness),
        graph_(liveness.graph()),
        webs_(liveness.slots()),
        shared_(liveness.slots()) {
    join_slots();
  }

  Variables run() {
    choose_offsets();
    share(false);
    share(true);
    return result();
  }

 private:
  // Calls visit(node, next, slot) for each slot of `next` that the node gives a value.
  template <typename Visit>
  void for_each_way(Visit visit) {
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      for (unsigned s = 0; s < graph_.nodes[n].successors(); ++s) {
        const std::size_t next = graph_.nodes[n].next[s];
        for (const Slot slot : liveness_.live(next)) {
          if (liveness_.node_of(slot) == next) {
            visit(n, next, slot);
          }
        }
      }
    }
  }

  void join_slots() {
    for_each_way([&](std::size_t n, std::size_t, Slot slot) {
      if (const auto same = liveness_.unchanged(n, liveness_.register_of(slot))) {
        join_webs(*same, slot);
      }
    });
    // What both ways get is one variable.
    for (const Node& node : graph_.nodes) {
      if (node.end != Node::End::branch) {
        continue;
      }
      for (const Slot slot : liveness_.live(node.next[0])) {
        const Slot other = liveness_.slot(node.next[1], liveness_.register_of(slot));
        if (liveness_.node_of(slot) == node.next[0] &&
            liveness_.live(node.next[1]).contains(other)) {
          join_webs(slot, other);
        }
      }
    }
  }

  // A slot and the heir's own one for the same register may both matter.
  void join_webs(Slot a, Slot b) {
    const std::size_t x = webs_.find(a);
    const std::size_t y = webs_.find(b);
    if (x != y && !interfere(x, y)) {
      webs_.join(x, y);
    }
  }

  std::size_t variable(Slot slot) { return shared_.find(webs_.find(slot)); }

  void evaluate() {
    liveness_.evaluate([&](Slot slot) {
      const auto offset = offsets_.find(webs_.find(slot));
      return expressions_.sum(expressions_.variable(variable(slot)),
                              offset == offsets_.end() ? 0 : -offset->second);
    });
  }

  Work work_of(std::size_t n) {
    const Node& node = graph_.nodes[n];
    const Effect& effect = liveness_.effect(n);
    Work work;
    work.stores = effect.stores();
    if (effect.is_zero()) {
      work.condition.push_back(*effect.is_zero());
    }
    for (unsigned s = 0; s < node.successors(); ++s) {
      for (const Slot slot : liveness_.live(node.next[s])) {
        const std::size_t to = variable(slot);
        const unsigned r = liveness_.register_of(slot);
        work.live[s].insert(to);
        const auto same = liveness_.unchanged(n, r);
        if (liveness_.node_of(slot) != node.next[s] ||
            (same && webs_.find(*same) == webs_.find(slot))) {
          continue;
        }
        const auto offset = offsets_.find(webs_.find(slot));
        const Value value =
            expressions_.sum(effect.registers()[r], offset == offsets_.end() ? 0 : offset->second);
        if (value != expressions_.variable(to)) {
          work.assigned[s].push_back({to, value, effect.set_in(r)});
        }
      }
    }
    return work;
  }

  // Calls visit for each expression of a node's work, once.
  template <typename Visit>
  void for_each_expression(const Work& work, Visit visit) {
    std::set<Value> seen;
    std::vector<Value> open(work.condition);
    for (const Store& store : work.stores) {
      open.insert(open.end(), {store.address, store.value});
    }
    for (const auto& way : work.assigned) {
      for (const Assignment& assignment : way) {
        open.push_back(assignment.value);
      }
    }
    while (!open.empty()) {
      const Value value = open.back();
      open.pop_back();
      if (!seen.insert(value).second) {
        continue;
      }
      const Expression expression = expressions_[value];
      visit(value);
      if (expression.operands() > 0) {
        open.push_back(expression.a);
      }
      if (expression.operands() > 1) {
        open.push_back(expression.b);
      }
    }
  }

  // How often a constant is added; `seen` gets the constants by variable.
  std::size_t additions(std::map<std::size_t, std::set<std::int64_t>>* seen) {
    evaluate();
    std::size_t count = 0;
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      for_each_expression(work_of(n), [&](Value value) {
        const Offset offset = expressions_.offset_of(value);
        if (expressions_[value].kind != Kind::add || offset.offset == 0) {
          return;
        }
        ++count;
        const Expression base = expressions_[offset.base];
        if (seen != nullptr && base.kind == Kind::variable) {
          (*seen)[static_cast<std::size_t>(base.number)].insert(offset.offset);
        }
      });
    }
    return count;
  }

  void choose_offsets() {
    constexpr std::size_t most_nodes = 64;
    std::map<std::size_t, std::set<std::int64_t>> seen;
    std::size_t fewest = additions(&seen);
    if (graph_.nodes.size() > most_nodes) {
      return;
    }
    for (const auto& [web, constants] : seen) {
      std::int64_t best = 0;
      for (const std::int64_t constant : constants) {
        offsets_[web] = constant;
        const std::size_t count = additions(nullptr);
        if (count < fewest) {
          fewest = count;
          best = constant;
        }
      }
      offsets_[web] = best;
    }
    evaluate();
  }

  bool interfere(std::size_t x, std::size_t y) {
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      bool has_x = false;
      bool has_y = false;
      for (const Slot slot : liveness_.live(n)) {
        has_x = has_x || variable(slot) == x;
        has_y = has_y || variable(slot) == y;
      }
      if (has_x && has_y) {
        return true;
      }
    }
    return false;
  }

  // Copies of a variable that are not needed at the same time are that variable; and so are, if
  // `counted`, those that differ by a constant.
  void share(bool counted) {
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      const Work work = work_of(n);
      for (const auto& way : work.assigned) {
        for (const Assignment& assignment : way) {
          const Value value =
              counted ? expressions_.offset_of(assignment.value).base : assignment.value;
          const Expression from = expressions_[value];
          if (from.kind != Kind::variable) {
            continue;
          }
          // Both may have become others by now.
          const std::size_t x = shared_.find(static_cast<std::size_t>(from.number));
          const std::size_t y = shared_.find(assignment.variable);
          if (x != y && !interfere(x, y)) {
            shared_.join(x, y);
          }
        }
      }
    }
    evaluate();
  }

  // With variables numbered from 0.
  Variables result() {
    std::map<std::size_t, std::size_t> number;
    Variables result;
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      for (const Slot slot : liveness_.live(n)) {
        const std::size_t place =
            number.try_emplace(variable(slot), result.registers.size()).first->second;
        result.registers.resize(number.size());
        result.registers[place].insert(liveness_.register_of(slot));
      }
    }
    liveness_.evaluate([&](Slot slot) {
      const auto known = number.find(variable(slot));
      const auto offset = offsets_.find(webs_.find(slot));
      return expressions_.sum(
          expressions_.variable(known == number.end() ? number.size() + slot : known->second),
          offset == offsets_.end() ? 0 : -offset->second);
    });
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      result.work.push_back(numbered(n, number));
    }
    return result;
  }

  Work numbered(std::size_t n, const std::map<std::size_t, std::size_t>& number) {
    Work work = work_of(n);
    for (unsigned s = 0; s < 2; ++s) {
      std::set<std::size_t> live;
      for (const std::size_t variable : work.live[s]) {
        live.insert(number.at(variable));
      }
      work.live[s] = std::move(live);
      for (Assignment& assignment : work.assigned[s]) {
        assignment.variable = number.at(assignment.variable);
      }
      std::erase_if(work.assigned[s], [&](const Assignment& assignment) {
        return assignment.value == expressions_.variable(assignment.variable);
      });
    }
    return work;
  }

  Expressions& expressions_;
  Liveness& liveness_;
  const Graph& graph_;
  Partition webs_;    // of slots
  Partition shared_;  // of webs
  std::map<std::size_t, std::int64_t> offsets_;
};

// Branches of which only one way is possible become jumps.
bool decide(const Expressions& expressions, const Liveness& liveness, Graph& graph) {
  bool is_any = false;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const std::optional<Value> zero = liveness.effect(n).is_zero();
    if (zero && expressions[*zero].kind == Kind::constant) {
      Node& node = graph.nodes[n];
      node.end = Node::End::jump;
      node.next[0] = node.next[expressions.is_constant(*zero, 0) ? 1 : 0];
      is_any = true;
    }
  }
  return is_any;
}

}  // namespace

Variables find_variables(Expressions& expressions, const flow::Flow& flow, Graph& graph,
                         Deferral deferral) {
  while (true) {
    Liveness liveness(expressions, flow, graph, deferral);
    const std::vector<bool> idle = liveness.idle();
    const std::size_t nodes = graph.nodes.size();
    Graph simpler = graph;
    const bool is_decided = decide(expressions, liveness, simpler);
    fuse(simpler, idle);
    if (!is_decided && simpler.nodes.size() == nodes) {
      return VariableSearch(expressions, liveness).run();
    }
    graph = std::move(simpler);
  }
}

}  // namespace nram::listings
