#include "simplify/values.hpp"

#include <utility>

namespace nram::simplification {

Values::Values() {
  (void)make(Kind::constant, 0, 0, 0);
  (void)make(Kind::constant, 1, 0, 0);
}

Values::Value Values::make(Kind kind, std::uint64_t number, Value a, Value b) {
  const Node node{kind, number, a, b};
  const auto [place, is_new] = known_.try_emplace(node, static_cast<Value>(nodes_.size()));
  if (is_new) {
    nodes_.push_back(node);
  }
  return place->second;
}

Values::Value Values::sorted(Kind kind, Value a, Value b) {
  return a < b ? make(kind, 0, a, b) : make(kind, 0, b, a);
}

Values::Value Values::initial(unsigned r) { return make(Kind::initial, r, 0, 0); }

bool Values::is_boolean(Value value) const {
  switch (nodes_[value].kind) {
    case Kind::less:
    case Kind::less_or_equal:
    case Kind::equal:
    case Kind::signed_less:
    case Kind::signed_less_or_equal:
      return true;
    case Kind::constant:
      return value == zero || value == one;
    default:
      return false;
  }
}

Values::Value Values::sum(Value a, Value b) {
  if (a == zero || b == zero) {
    return a == zero ? b : a;
  }
  for (const auto& [x, y] : {std::pair(a, b), std::pair(b, a)}) {
    if (nodes_[x].kind == Kind::difference && nodes_[x].b == y) {
      return nodes_[x].a;  // (x - y) + y
    }
  }
  return sorted(Kind::sum, a, b);
}

Values::Value Values::difference(Value a, Value b) {
  if (b == zero) {
    return a;
  }
  if (a == b) {
    return zero;
  }
  if (nodes_[a].kind == Kind::sum && (nodes_[a].a == b || nodes_[a].b == b)) {
    return nodes_[a].a == b ? nodes_[a].b : nodes_[a].a;  // (x + y) - y
  }
  return make(Kind::difference, 0, a, b);
}

Values::Value Values::less(Value a, Value b) {
  if (a == b || b == zero) {
    return zero;
  }
  if (a == zero && is_boolean(b)) {
    return b;
  }
  return make(Kind::less, 0, a, b);
}

Values::Value Values::less_or_equal(Value a, Value b) {
  if (a == b || a == zero) {
    return one;
  }
  return b == zero ? equal(a, zero) : make(Kind::less_or_equal, 0, a, b);
}

Values::Value Values::equal(Value a, Value b) {
  if (a == b) {
    return one;
  }
  if ((a == one && is_boolean(b)) || (b == one && is_boolean(a))) {
    return a == one ? b : a;
  }
  for (const auto& [x, y] : {std::pair(a, b), std::pair(b, a)}) {
    const Node node = nodes_[x];
    if (node.kind == Kind::sum && (node.a == y || node.b == y)) {
      return equal(node.a == y ? node.b : node.a, zero);  // x + y = y
    }
    if (node.kind == Kind::difference && (y == zero || node.a == y)) {
      return y == zero ? equal(node.a, node.b) : equal(node.b, zero);  // x - y = 0, x - y = x
    }
  }
  return sorted(Kind::equal, a, b);
}

Values::Value Values::smaller(Value a, Value b) {
  if (a == b || a == zero || b == zero) {
    return a == zero ? a : b;
  }
  if ((a == one && is_boolean(b)) || (b == one && is_boolean(a))) {
    return a == one ? b : a;
  }
  return sorted(Kind::smaller, a, b);
}

Values::Value Values::larger(Value a, Value b) {
  if (a == b || a == zero || b == zero) {
    return a == zero ? b : a;
  }
  if ((a == one && is_boolean(b)) || (b == one && is_boolean(a))) {
    return one;
  }
  return sorted(Kind::larger, a, b);
}

Values::Value Values::of(const Module& module, unsigned number, Value a, Value b) {
  switch (module.opcode) {
    case Opcode::zero:
      return zero;
    case Opcode::one:
      return one;
    case Opcode::two:
      return sum(one, one);
    case Opcode::constant:
      return module.constant == 2 ? sum(one, one) : make(Kind::constant, module.constant, 0, 0);
    case Opcode::read:
      return make(Kind::read, number, a, 0);
    case Opcode::inc:
      return sum(a, one);
    case Opcode::add:
      return sum(a, b);
    case Opcode::sub:
      return difference(a, b);
    case Opcode::dec:
      return difference(a, one);
    case Opcode::lt:
      return less(a, b);
    case Opcode::le:
      return less_or_equal(a, b);
    case Opcode::eq:
      return equal(a, b);
    case Opcode::min:
      return smaller(a, b);
    case Opcode::max:
      return larger(a, b);
    case Opcode::signed_lt:
      return a == b ? zero : make(Kind::signed_less, 0, a, b);
    case Opcode::signed_le:
      return a == b ? one : make(Kind::signed_less_or_equal, 0, a, b);
    case Opcode::signed_min:
      return a == b ? a : sorted(Kind::signed_smaller, a, b);
    case Opcode::signed_max:
      return a == b ? a : sorted(Kind::signed_larger, a, b);
    case Opcode::write:
    case Opcode::custom:
      break;
  }
  return make(Kind::custom, number, module.arity > 0 ? a : 0, module.arity > 1 ? b : 0);
}

std::optional<Values::Kind> Values::kind_of(Opcode opcode) {
  switch (opcode) {
    case Opcode::read:
      return Kind::read;
    case Opcode::add:
      return Kind::sum;
    case Opcode::sub:
      return Kind::difference;
    case Opcode::lt:
      return Kind::less;
    case Opcode::le:
      return Kind::less_or_equal;
    case Opcode::eq:
      return Kind::equal;
    case Opcode::min:
      return Kind::smaller;
    case Opcode::max:
      return Kind::larger;
    case Opcode::signed_lt:
      return Kind::signed_less;
    case Opcode::signed_le:
      return Kind::signed_less_or_equal;
    case Opcode::signed_min:
      return Kind::signed_smaller;
    case Opcode::signed_max:
      return Kind::signed_larger;
    default:
      return std::nullopt;
  }
}

std::optional<std::pair<Values::Value, Values::Value>> Values::arguments(
    Value value, const Module& module) const {
  const Node& node = nodes_[value];
  if (kind_of(module.opcode) == node.kind) {
    return std::pair(node.a, node.b);
  }
  return std::nullopt;
}

}  // namespace nram::simplification
