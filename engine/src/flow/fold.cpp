// Constant folding, copy propagation and algebra within a block. Every rule holds modulo every
// M ≥ 3; what holds only for large M is left alone.

#include "optimise.hpp"

#include <cstdlib>
#include <optional>

namespace nram::flow {
namespace {

// Larger constants are of no use and would only need more slots.
constexpr std::int64_t largest_constant = 8;
// Offsets beyond it are not added up, so that their sums are numbers of 64 bits.
constexpr std::int64_t largest_offset = std::int64_t{1} << 40U;

// A value as base + offset.
struct Sum {
  Operand base;
  std::int64_t offset = 0;
};

class Folder {
 public:
  Folder(Block& block, const Entry& entry) : block_(block), entry_(entry) {}

  void run() {
    std::vector<Instruction> old;
    old.swap(block_.code);
    for (Instruction& instruction : old) {
      instruction.a = current(instruction.a);
      instruction.b = current(instruction.b);
      if (const std::optional<Operand> known = simplify(instruction)) {
        replacement_.push_back(*known);
      } else {
        block_.code.push_back(instruction);
        replacement_.push_back(Operand::result(block_.code.size() - 1));
      }
    }
    for (unsigned r = 0; r < block_.registers.size(); ++r) {
      if (!block_.registers[r].is_input(r)) {  // keeping a value is free, even if it is known
        block_.registers[r] = current(block_.registers[r]);
      }
    }
  }

 private:
  // The operand after folding: results are renumbered, registers with a known value are constants.
  Operand current(Operand operand) const {
    if (operand.is_result()) {
      return replacement_[operand.position()];
    }
    if (operand.kind == Operand::Kind::input) {
      const Fact& fact = entry_[operand.position()];
      return fact.kind == Fact::Kind::constant ? Operand::constant(fact.value) : operand;
    }
    return operand;
  }

  const Instruction* definition(Operand operand) const {
    return operand.is_result() ? &block_.code[operand.position()] : nullptr;
  }

  bool is_boolean(Operand operand) const {
    if (operand.kind == Operand::Kind::input) {
      return entry_[operand.position()].is_boolean();
    }
    const Instruction* const from = definition(operand);
    return operand.is_constant(0) || operand.is_constant(1) ||
           (from != nullptr && is_comparison(from->op));
  }

  bool never_zero(Operand operand) const {
    return operand.is_constant()
               ? Fact::constant(operand.index).never_zero()
               : operand.kind == Operand::Kind::input && entry_[operand.position()].never_zero();
  }

  static bool is_offset(std::int64_t k) { return std::abs(k) <= largest_offset; }

  Sum sum_of(Operand operand) const {
    if (operand.is_constant() && is_offset(operand.index)) {
      return {Operand::constant(0), operand.index};
    }
    const Instruction* const from = definition(operand);
    if (from != nullptr && from->op == Op::add && from->b.is_constant() &&
        is_offset(from->b.index)) {
      return {from->a, from->b.index};
    }
    return {operand, 0};
  }

  // What the instruction computes, if that needs no instruction; it may change the instruction.
  std::optional<Operand> simplify(Instruction& i) const {
    switch (i.op) {
      case Op::add:
        return simplify_add(i);
      case Op::sub:
        return simplify_sub(i);
      case Op::lt:
      case Op::le:
      case Op::eq:
        return simplify_comparison(i);
      case Op::min:
      case Op::max:
        return simplify_extreme(i);
      case Op::signed_lt:
      case Op::signed_le:
        return simplify_signed_comparison(i);
      case Op::signed_min:
      case Op::signed_max:
        return simplify_signed_extreme(i);
      case Op::check:
      case Op::load:
      case Op::store:
      case Op::custom:
        break;
    }
    return std::nullopt;
  }

  std::optional<Operand> simplify_add(Instruction& i) const {
    if (i.a.is_constant()) {
      std::swap(i.a, i.b);
    }
    if (i.b.is_constant()) {
      return add_constant(i, i.a, i.b.index);
    }
    if (i.b < i.a) {
      std::swap(i.a, i.b);  // one order, so that common values are found
    }
    for (const auto& [difference, other] : {std::pair(i.a, i.b), std::pair(i.b, i.a)}) {
      const Instruction* const from = definition(difference);
      if (from != nullptr && from->op == Op::sub && from->b == other) {
        return from->a;  // (x - y) + y
      }
    }
    return std::nullopt;
  }

  std::optional<Operand> add_constant(Instruction& i, Operand a, std::int64_t k) const {
    if (!is_offset(k)) {
      return std::nullopt;
    }
    const Sum sum = sum_of(a);
    const std::int64_t offset = sum.offset + k;
    if (std::abs(offset) > largest_constant) {
      return std::nullopt;
    }
    if (sum.base.is_constant(0)) {
      return Operand::constant(offset);
    }
    if (offset == 0) {
      return sum.base;
    }
    i = {Op::add, 0, sum.base, Operand::constant(offset)};
    return std::nullopt;
  }

  std::optional<Operand> simplify_sub(Instruction& i) const {
    const Sum a = sum_of(i.a);
    const Sum b = sum_of(i.b);
    const std::int64_t offset = a.offset - b.offset;
    if (a.base == b.base && std::abs(offset) <= largest_constant) {
      return Operand::constant(offset);
    }
    if (i.b.is_constant()) {
      return add_constant(i, i.a, -i.b.index);
    }
    const Instruction* const from = definition(i.a);
    if (from != nullptr && from->op == Op::add && !from->b.is_constant()) {
      if (from->b == i.b) {
        return from->a;  // (x + y) - y
      }
      if (from->a == i.b) {
        return from->b;
      }
    }
    return std::nullopt;
  }

  std::optional<Operand> simplify_comparison(Instruction& i) const {
    const Sum a = sum_of(i.a);
    const Sum b = sum_of(i.b);
    const std::int64_t offset = a.offset - b.offset;
    if (a.base == b.base && offset == 0) {
      return Operand::constant(i.op == Op::lt ? 0 : 1);
    }
    const auto small = [](Operand operand) {
      return operand.is_constant() && operand.index >= 0 && operand.index < 3;
    };
    if (small(i.a) && small(i.b)) {  // different, by the rule above
      return Operand::constant(i.op != Op::eq && i.a.index < i.b.index ? 1 : 0);
    }
    if (i.op == Op::eq) {
      return simplify_equality(i, a.base == b.base && std::abs(offset) < 3);
    }
    if (i.op == Op::lt && i.b.is_constant(0)) {
      return Operand::constant(0);
    }
    if (i.op == Op::le && i.a.is_constant(0)) {
      return Operand::constant(1);
    }
    if (i.op == Op::lt && i.a.is_constant(0)) {
      if (never_zero(i.b)) {
        return Operand::constant(1);
      }
      return is_boolean(i.b) ? std::optional(i.b) : std::nullopt;
    }
    if (i.op == Op::le && i.b.is_constant(0)) {
      i = {Op::eq, 0, i.a, i.b};
      return simplify_equality(i, false);
    }
    return std::nullopt;
  }

  std::optional<Operand> simplify_equality(Instruction& i, bool differ) const {
    if (differ) {
      return Operand::constant(0);
    }
    if (i.a.is_constant() || (!i.b.is_constant() && i.b < i.a)) {
      std::swap(i.a, i.b);
    }
    if (i.b.is_constant(0) && never_zero(i.a)) {
      return Operand::constant(0);
    }
    return i.b.is_constant(1) && is_boolean(i.a) ? std::optional(i.a) : std::nullopt;
  }

  std::optional<Operand> simplify_extreme(Instruction& i) const {
    if (i.a == i.b) {
      return i.a;
    }
    if (i.a.is_constant() || (!i.b.is_constant() && i.b < i.a)) {
      std::swap(i.a, i.b);
    }
    if (i.b.is_constant(0)) {
      return i.op == Op::min ? i.b : i.a;
    }
    for (const auto& [large, small] : {std::pair(i.a, i.b), std::pair(i.b, i.a)}) {
      if (never_zero(large) && is_boolean(small)) {
        return i.op == Op::min ? small : large;
      }
    }
    if (is_boolean(i.a) && i.b.is_constant(1)) {
      return i.op == Op::min ? i.a : i.b;
    }
    const auto small = [](Operand operand) {
      return operand.is_constant() && operand.index >= 0 && operand.index < 3;
    };
    if (small(i.a) && small(i.b)) {
      return (i.a.index < i.b.index) == (i.op == Op::min) ? i.a : i.b;
    }
    return std::nullopt;
  }

  // Which constants are below 0 depends on the modulus, but for 0 and 1.
  static bool is_bit(Operand operand) { return operand.is_constant(0) || operand.is_constant(1); }

  std::optional<Operand> simplify_signed_comparison(const Instruction& i) const {
    const Sum a = sum_of(i.a);
    const Sum b = sum_of(i.b);
    if (a.base == b.base && a.offset == b.offset) {
      return Operand::constant(i.op == Op::signed_lt ? 0 : 1);
    }
    if (is_bit(i.a) && is_bit(i.b)) {  // different, by the rule above
      return Operand::constant(i.a.index < i.b.index ? 1 : 0);
    }
    return std::nullopt;
  }

  static std::optional<Operand> simplify_signed_extreme(Instruction& i) {
    if (i.a == i.b) {
      return i.a;
    }
    if (i.a.is_constant() || (!i.b.is_constant() && i.b < i.a)) {
      std::swap(i.a, i.b);
    }
    if (is_bit(i.a) && is_bit(i.b)) {
      return (i.a.index < i.b.index) == (i.op == Op::signed_min) ? i.a : i.b;
    }
    return std::nullopt;
  }

  Block& block_;
  const Entry& entry_;
  std::vector<Operand> replacement_;
};

}  // namespace

void fold(Block& block, const Entry& entry) { Folder(block, entry).run(); }

}  // namespace nram::flow
