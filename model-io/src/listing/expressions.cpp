#include "listing/expressions.hpp"

#include <cstdlib>
#include <utility>

namespace nram::listings {
namespace {

// Sums of offsets up to here are numbers of 64 bits.
constexpr std::int64_t largest_offset = std::int64_t{1} << 40U;
// Numbers that are closer than this are different modulo every M that there is.
constexpr std::int64_t smallest = std::int64_t{flow::smallest_modulus};

Kind kind_of(flow::Op op) {
  switch (op) {
    case flow::Op::add:
      return Kind::add;
    case flow::Op::sub:
      return Kind::subtract;
    case flow::Op::lt:
    case flow::Op::signed_lt:
      return Kind::less;
    case flow::Op::le:
    case flow::Op::signed_le:
      return Kind::less_or_equal;
    case flow::Op::eq:
      return Kind::equal;
    case flow::Op::min:
    case flow::Op::signed_min:
      return Kind::smaller;
    case flow::Op::max:
    case flow::Op::signed_max:
      return Kind::larger;
    default:
      return Kind::custom;
  }
}

bool same_offset(std::int64_t a, std::int64_t b) {
  return std::abs(a) <= largest_offset && std::abs(b) <= largest_offset;
}

}  // namespace

unsigned Expression::operands() const {
  return kind == Kind::constant || kind == Kind::variable ? 0 : kind == Kind::load ? 1 : 2;
}

bool is_comparison(Kind kind) {
  return kind == Kind::less || kind == Kind::less_or_equal || kind == Kind::equal ||
         kind == Kind::not_equal;
}

Value Expressions::make(Kind kind, std::int64_t number, Value a, Value b) {
  const Expression expression{kind, number, a, b};
  const auto [place, is_new] = known_.try_emplace(expression, static_cast<Value>(all_.size()));
  if (is_new) {
    all_.push_back(expression);
  }
  return place->second;
}

Value Expressions::constant(std::int64_t number) { return make(Kind::constant, number); }

Value Expressions::variable(std::size_t number) {
  return make(Kind::variable, static_cast<std::int64_t>(number));
}

Value Expressions::load(Value address, std::size_t stores) {
  return make(Kind::load, static_cast<std::int64_t>(stores), address);
}

bool Expressions::is_constant(Value value, std::int64_t number) const {
  return all_[value].kind == Kind::constant && all_[value].number == number;
}

bool Expressions::is_bit(Value value) const {
  return is_comparison(all_[value].kind) || is_constant(value, 0) || is_constant(value, 1);
}

Offset Expressions::offset_of(Value value) {
  const Expression expression = all_[value];
  if (expression.kind == Kind::constant) {
    return {constant(0), expression.number};
  }
  if (expression.kind == Kind::add && all_[expression.b].kind == Kind::constant) {
    return {expression.a, all_[expression.b].number};
  }
  return {value, 0};
}

bool Expressions::differ(Value a, Value b) {
  const Offset x = offset_of(a);
  const Offset y = offset_of(b);
  return x.base == y.base && x.offset != y.offset && same_offset(x.offset, y.offset) &&
         std::abs(x.offset - y.offset) < smallest;
}

Value Expressions::sum(Value base, std::int64_t offset) {
  const Offset from = offset_of(base);
  if (offset == 0) {
    return base;
  }
  if (!same_offset(from.offset, offset)) {
    return make(Kind::add, 0, base, constant(offset));
  }
  const std::int64_t all = from.offset + offset;
  if (all == 0) {
    return from.base;
  }
  return is_constant(from.base, 0) ? constant(all) : make(Kind::add, 0, from.base, constant(all));
}

Value Expressions::add(Value a, Value b) {
  if (all_[a].kind == Kind::constant) {
    std::swap(a, b);
  }
  if (all_[b].kind == Kind::constant) {
    return sum(a, all_[b].number);
  }
  for (const auto& [x, y] : {std::pair(a, b), std::pair(b, a)}) {
    if (all_[x].kind == Kind::subtract && all_[x].b == y) {
      return all_[x].a;  // (p - y) + y
    }
  }
  const Offset x = offset_of(a);
  const Offset y = offset_of(b);
  if (same_offset(x.offset, y.offset) && (x.offset != 0 || y.offset != 0)) {
    return sum(add(x.base, y.base), x.offset + y.offset);
  }
  return a <= b ? make(Kind::add, 0, a, b) : make(Kind::add, 0, b, a);
}

Value Expressions::subtract(Value a, Value b) {
  const Offset x = offset_of(a);
  const Offset y = offset_of(b);
  if (same_offset(x.offset, y.offset)) {
    if (x.base == y.base) {
      return constant(x.offset - y.offset);
    }
    if (is_constant(y.base, 0)) {
      return sum(a, -y.offset);
    }
    if ((x.offset != 0 || y.offset != 0) && !is_constant(x.base, 0)) {
      return sum(subtract(x.base, y.base), x.offset - y.offset);
    }
  }
  if (all_[b].kind == Kind::subtract && all_[all_[b].a].kind == Kind::constant &&
      same_offset(all_[all_[b].a].number, 0)) {
    return sum(add(a, all_[b].b), -all_[all_[b].a].number);  // a - (k - y)
  }
  if (all_[a].kind == Kind::add && (all_[a].a == b || all_[a].b == b)) {
    return all_[a].a == b ? all_[a].b : all_[a].a;  // (p + b) - b
  }
  return make(Kind::subtract, 0, a, b);
}

Value Expressions::equal(Value a, Value b) {
  if (a == b || differ(a, b)) {
    return constant(a == b ? 1 : 0);
  }
  if (all_[a].kind == Kind::constant) {
    if (all_[b].kind == Kind::constant) {
      return make(Kind::equal, 0, a, b);  // it depends on M
    }
    std::swap(a, b);
  }
  if (is_bit(a) && (is_constant(b, 0) || is_constant(b, 1))) {
    return is_constant(b, 1) ? a : negation(a);
  }
  if (is_constant(b, 0) && all_[a].kind == Kind::subtract) {
    return equal(all_[a].a, all_[a].b);
  }
  const Offset x = offset_of(a);
  const Offset y = offset_of(b);
  if (same_offset(x.offset, y.offset) && x.offset != 0 &&
      (y.offset != 0 || all_[b].kind == Kind::constant)) {
    const std::int64_t more = y.offset - x.offset;  // x.base = y.base + more
    if (is_constant(y.base, 0)) {
      return equal(x.base, constant(more));
    }
    return more >= 0 ? equal(x.base, sum(y.base, more)) : equal(sum(x.base, -more), y.base);
  }
  return make(Kind::equal, 0, a, b);
}

Value Expressions::compare(Kind kind, Value a, Value b) {
  if (kind == Kind::equal) {
    return equal(a, b);
  }
  if (a == b) {
    return kind == Kind::smaller || kind == Kind::larger
               ? a
               : constant(kind == Kind::less_or_equal ? 1 : 0);
  }
  const bool is_signed = machine_.order() == Order::signed_numbers;
  if (!is_signed && kind == Kind::less && (is_constant(a, 0) || is_constant(b, 0))) {
    return is_constant(b, 0) ? constant(0) : condition(b, true);
  }
  if (!is_signed && kind == Kind::less && is_constant(b, 1)) {
    return equal(a, constant(0));
  }
  if (!is_signed && kind == Kind::less_or_equal && is_constant(a, 1)) {
    return condition(b, true);
  }
  if (!is_signed && kind == Kind::less_or_equal && (is_constant(a, 0) || is_constant(b, 0))) {
    return is_constant(a, 0) ? constant(1) : equal(a, b);
  }
  if (!is_signed && kind == Kind::smaller && (is_constant(a, 0) || is_constant(b, 0))) {
    return constant(0);
  }
  if (!is_signed && kind == Kind::larger && (is_constant(a, 0) || is_constant(b, 0))) {
    return is_constant(a, 0) ? b : a;
  }
  return make(kind, 0, a, b);
}

Value Expressions::result(const flow::Instruction& instruction, Value a, Value b) {
  const Kind kind = kind_of(instruction.op);
  switch (kind) {
    case Kind::add:
      return add(a, b);
    case Kind::subtract:
      return subtract(a, b);
    case Kind::custom: {
      const unsigned arity = machine_.modules()[instruction.module].arity;
      return make(kind, instruction.module, arity > 0 ? a : constant(0),
                  arity > 1 ? b : constant(0));
    }
    default:
      return compare(kind, a, b);
  }
}

Value Expressions::condition(Value value, bool nonzero) {
  const Expression expression = all_[value];
  switch (expression.kind) {
    case Kind::constant:
      if (expression.number == 0 || std::abs(expression.number) < smallest) {
        return constant((expression.number != 0) == nonzero ? 1 : 0);
      }
      break;
    case Kind::equal:
      return nonzero ? value : make(Kind::not_equal, 0, expression.a, expression.b);
    case Kind::not_equal:
      return nonzero ? value : make(Kind::equal, 0, expression.a, expression.b);
    case Kind::less:
      return nonzero ? value : make(Kind::less_or_equal, 0, expression.b, expression.a);
    case Kind::less_or_equal:
      return nonzero ? value : make(Kind::less, 0, expression.b, expression.a);
    default:
      break;
  }
  const Value same = equal(value, constant(0));
  return nonzero ? negation(same) : same;
}

const std::set<std::size_t>& Expressions::variables(Value value) {
  if (const auto found = variables_.find(value); found != variables_.end()) {
    return found->second;
  }
  const Expression expression = all_[value];
  std::set<std::size_t> all;
  if (expression.kind == Kind::variable) {
    all.insert(static_cast<std::size_t>(expression.number));
  }
  if (expression.operands() > 0) {
    const auto& of_a = variables(expression.a);
    all.insert(of_a.begin(), of_a.end());
  }
  if (expression.operands() > 1) {
    const auto& of_b = variables(expression.b);
    all.insert(of_b.begin(), of_b.end());
  }
  return variables_.emplace(value, std::move(all)).first->second;
}

}  // namespace nram::listings
