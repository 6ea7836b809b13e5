#pragma once

// One iteration of a loop as a graph of expressions: what it makes of the values that the registers
// have at its start. Equal expressions are one (value numbering).

#include "plan.hpp"

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

namespace nram::loops {

/// Index of an expression.
using ExpressionIndex = std::uint32_t;
constexpr ExpressionIndex no_expression = ~ExpressionIndex{0};

struct Expression {
  enum class Kind : std::uint8_t {
    constant,  ///< `number` mod M
    input,     ///< register `number` at the start of the iteration
    compute,   ///< op(a, b), a load or a custom module
  };
  Kind kind = Kind::constant;
  Op op = Op::add;
  std::uint8_t module = 0;  ///< of a custom module
  std::int64_t number = 0;
  ExpressionIndex a = no_expression;
  ExpressionIndex b = no_expression;
};

/// Expressions; each comes after those it uses.
class Expressions {
 public:
  [[nodiscard]] std::size_t size() const { return all_.size(); }
  [[nodiscard]] const Expression& operator[](ExpressionIndex index) const { return all_[index]; }

  /// The index of this expression, an equal one's if there is one. Every load is one of its own:
  /// there may be a store in between.
  ExpressionIndex add(const Expression& expression);
  ExpressionIndex input(unsigned r);
  ExpressionIndex constant(std::int64_t k);
  ExpressionIndex compute(Op op, ExpressionIndex a, ExpressionIndex b);

  [[nodiscard]] bool is_op(ExpressionIndex index, Op op) const {
    return all_[index].kind == Expression::Kind::compute && all_[index].op == op;
  }
  /// Whether an expression, if it is one, uses the value of register r at the start of this very
  /// iteration.
  [[nodiscard]] bool uses(ExpressionIndex index, unsigned r) const {
    return ((registers_of(index) >> r) & 1U) != 0;
  }

  /// Replaces every operand by `replace` of it; called for one expression after the other, each
  /// followed by visit(index). Expressions added later are not compared with these any more.
  template <typename Replace, typename Visit>
  void rewrite(Replace replace, Visit visit) {
    for (ExpressionIndex i = 0; i < all_.size(); ++i) {
      all_[i].a = replace(all_[i].a);
      all_[i].b = replace(all_[i].b);
      registers_[i] = used_by(all_[i]);
      visit(i);
    }
    known_.clear();
  }

 private:
  [[nodiscard]] std::uint32_t registers_of(ExpressionIndex index) const {
    return index == no_expression ? 0 : registers_[index];
  }
  [[nodiscard]] std::uint32_t used_by(const Expression& expression) const;

  std::vector<Expression> all_;
  std::vector<std::uint32_t> registers_;  // by expression: which registers it uses, a bit each
  std::map<std::tuple<Expression::Kind, Op, std::uint8_t, std::int64_t, ExpressionIndex,
                      ExpressionIndex>,
           ExpressionIndex>
      known_;
};

/// The iteration goes on in the loop only if the value's being zero is `is_zero`.
struct Condition {
  ExpressionIndex value;
  bool is_zero;
};

struct Iteration {
  Expressions expressions;
  std::vector<ExpressionIndex> inputs;  ///< by register: its value at the start
  std::vector<ExpressionIndex> after;   ///< by register: its value at the end
  std::vector<Condition> conditions{};
  std::vector<Store> stores{};             ///< of expressions
  std::vector<Access> accesses{};          ///< likewise
  std::vector<ExpressionIndex> checked{};  ///< addresses that a check asks for
  std::uint32_t steps = 0;
};

/// Replaces every use of an expression by `replace` of it; `replace` and `visit` are called as
/// Expressions::rewrite does.
template <typename Replace, typename Visit>
void replace_expressions(Iteration& iteration, Replace replace, Visit visit) {
  iteration.expressions.rewrite(replace, visit);
  for (ExpressionIndex& value : iteration.after) {
    value = replace(value);
  }
  for (Condition& condition : iteration.conditions) {
    condition.value = replace(condition.value);
  }
  for (Store& store : iteration.stores) {
    store = {replace(store.address), replace(store.value)};
  }
  for (ExpressionIndex& address : iteration.checked) {
    address = replace(address);
  }
}

/// The outcome of a zero test of a register.
struct RegisterTest {
  unsigned reg;
  bool is_zero;
};

/// An iteration of no steps.
Iteration begin_iteration(unsigned registers);

/// Adds one step, after which the registers are as the tests say.
void append_step(Iteration& iteration, const flow::Block& block,
                 const std::vector<RegisterTest>& tests);

}  // namespace nram::loops
