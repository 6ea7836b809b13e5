#include "listing/liveness.hpp"

#include <utility>

namespace nram::listings {

Liveness::Liveness(Expressions& expressions, const flow::Flow& flow, const Graph& graph,
                   Deferral deferral)
    : expressions_(expressions),
      flow_(flow),
      graph_(graph),
      registers_(flow.machine.registers()),
      before_(graph.predecessors()),
      relations_(find_relations(expressions, flow, graph)),
      inherits_(graph.nodes.size(), false),
      own_(graph.nodes.size()),
      held_(graph.nodes.size()),
      old_(graph.nodes.size()) {
  const auto by_number = [&](Slot slot) { return expressions_.variable(slot); };
  evaluate(by_number);
  find_live();
  for (std::size_t n = Graph::start; n < graph_.nodes.size(); ++n) {
    inherits_[n] = may_inherit(n, deferral);
    if (inherits_[n]) {
      evaluate(by_number);
      find_live();
    }
  }
}

void Liveness::evaluate(const std::function<Value(Slot)>& name) {
  std::vector<std::optional<Effect>> done(graph_.nodes.size());
  for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
    evaluate_node(n, name, done);
  }
  effects_.clear();
  effects_.reserve(done.size());
  for (auto& effect : done) {
    effects_.push_back(std::move(*effect));
  }
}

// Heirs come behind the node before them.
void Liveness::evaluate_node(std::size_t n, const std::function<Value(Slot)>& name,
                             std::vector<std::optional<Effect>>& done) {
  std::vector<std::size_t> open = {n};
  while (inherits_[open.back()] && !done[before_[open.back()].front()]) {
    open.push_back(before_[open.back()].front());
  }
  for (; !open.empty(); open.pop_back()) {
    const std::size_t node = open.back();
    if (done[node]) {
      continue;
    }
    std::vector<Value> entry;
    held_[node].clear();
    old_[node].clear();
    for (std::size_t r = 0; r < registers_; ++r) {
      const bool is_left = inherits_[node] && !own_[node].contains(static_cast<unsigned>(r));
      const std::size_t before = is_left ? before_[node].front() : 0;
      const Relation& relation = relations_[node][r];
      const bool is_known = !inherits_[node] || own_[node].contains(relation.reg);
      const Value own = !is_known ? name(slot(node, r))
                        : relation.is_constant
                            ? expressions_.constant(relation.offset)
                            : expressions_.sum(name(slot(node, relation.reg)), relation.offset);
      entry.push_back(is_left ? done[before]->registers()[r] : own);
      held_[node].push_back(is_left ? held_[before][r] : slot(node, r));
      old_[node].push_back(is_left ? old_[before][r] : own);
    }
    done[node].emplace(expressions_, flow_, graph_.nodes[node], std::move(entry));
  }
}

std::optional<Slot> Liveness::unchanged(std::size_t node, std::size_t r) const {
  if (node == Graph::start || effects_[node].registers()[r] != old_[node][r]) {
    return std::nullopt;
  }
  return held_[node][r];
}

Slots Liveness::live_in(std::size_t n) {
  Slots in;
  const auto use = [&](Value value) {
    const Slots& variables = expressions_.variables(value);
    in.insert(variables.begin(), variables.end());
  };
  for (const Store& store : effects_[n].stores()) {
    use(store.address);
    use(store.value);
  }
  if (effects_[n].is_zero()) {
    use(*effects_[n].is_zero());
  }
  const Node& node = graph_.nodes[n];
  for (unsigned s = 0; s < node.successors(); ++s) {
    for (const Slot slot : live_[node.next[s]]) {
      if (node_of(slot) != node.next[s]) {
        in.insert(slot);
      } else if (const auto same = unchanged(n, register_of(slot))) {
        in.insert(*same);
      } else {
        use(effects_[n].registers()[register_of(slot)]);
      }
    }
  }
  return in;
}

void Liveness::find_live() {
  live_.assign(graph_.nodes.size(), {});
  for (bool again = true; again;) {
    again = false;
    for (std::size_t n = graph_.nodes.size(); n-- > 0;) {
      Slots in = live_in(n);
      again = again || in != live_[n];
      live_[n] = std::move(in);
    }
  }
}

// Whether it is short and needs no memory.
bool Liveness::is_plain(Value value, unsigned depth) const {
  constexpr unsigned deepest = 2;
  const Expression& expression = expressions_[value];
  if (expression.operands() == 0) {
    return true;
  }
  return expression.kind != Kind::load && depth < deepest && is_plain(expression.a, depth + 1) &&
         (expression.operands() < 2 || is_plain(expression.b, depth + 1));
}

// Whether what the node before does to registers may be left to this one, and to which of them.
bool Liveness::may_inherit(std::size_t n, Deferral deferral) {
  if (before_[n].size() != 1 || before_[n].front() == n || before_[n].front() == Graph::start) {
    return false;
  }
  const std::size_t before = before_[n].front();
  const Node& node = graph_.nodes[before];
  if (node.end != Node::End::branch) {
    return false;
  }
  const std::size_t other = node.next[0] == n ? node.next[1] : node.next[0];
  Slots used;  // of what is left to this node
  std::set<unsigned> left;
  std::set<unsigned> own;
  bool is_any_changed = false;
  for (const Slot slot : live_[n]) {
    const unsigned r = register_of(slot);
    const Value value = effects_[before].registers()[r];
    if (!is_plain(value)) {
      continue;
    }
    left.insert(r);
    const Slots& variables = expressions_.variables(value);
    used.insert(variables.begin(), variables.end());
    is_any_changed = is_any_changed || !unchanged(before, r);
  }
  for (const Slot slot : live_[other]) {
    const unsigned r = register_of(slot);
    const bool is_shared = node_of(slot) == other && !unchanged(before, r) &&
                           (left.contains(r) || used.contains(held_[before][r]));
    if (is_shared && deferral == Deferral::one_way) {
      return false;
    }
  }
  for (unsigned r = 0; r < registers_; ++r) {
    if (!is_plain(effects_[before].registers()[r])) {
      own.insert(r);
    }
  }
  own_[n] = std::move(own);
  return is_any_changed;
}

std::vector<bool> Liveness::idle() const {
  std::vector<bool> all;
  all.reserve(graph_.nodes.size());
  for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
    bool is_idle = effects_[n].stores().empty();
    const Node& node = graph_.nodes[n];
    for (unsigned s = 0; s < node.successors(); ++s) {
      is_idle = is_idle && live_[node.next[s]].empty();
    }
    all.push_back(is_idle);
  }
  return all;
}

}  // namespace nram::listings
