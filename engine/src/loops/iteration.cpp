#include "iteration.hpp"

#include <utility>

namespace nram::loops {
namespace {

using flow::Instruction;
using flow::Operand;

ExpressionIndex append_instruction(Iteration& iteration, const Instruction& instruction,
                                   ExpressionIndex a, ExpressionIndex b) {
  switch (instruction.op) {
    case Op::check:
      iteration.checked.push_back(a);
      return no_expression;
    case Op::store:
      iteration.stores.push_back({a, b});
      iteration.accesses.push_back({static_cast<NodeIndex>(iteration.stores.size() - 1), true});
      return no_expression;
    case Op::load: {
      const ExpressionIndex cell = iteration.expressions.compute(Op::load, a, no_expression);
      iteration.accesses.push_back({cell, false});
      return cell;
    }
    default:
      return iteration.expressions.add(
          {Expression::Kind::compute, instruction.op, instruction.module, 0, a, b});
  }
}

}  // namespace

ExpressionIndex Expressions::add(const Expression& expression) {
  const auto [kind, op, module, number, a, b] = expression;
  if (op != Op::load || kind != Expression::Kind::compute) {
    const auto [entry, is_new] = known_.emplace(std::tuple(kind, op, module, number, a, b),
                                                static_cast<ExpressionIndex>(all_.size()));
    if (!is_new) {
      return entry->second;
    }
  }
  all_.push_back(expression);
  registers_.push_back(used_by(expression));
  return static_cast<ExpressionIndex>(all_.size() - 1);
}

ExpressionIndex Expressions::input(unsigned r) {
  return add({Expression::Kind::input, Op::add, 0, std::int64_t{r}});
}

ExpressionIndex Expressions::constant(std::int64_t k) {
  return add({Expression::Kind::constant, Op::add, 0, k});
}

ExpressionIndex Expressions::compute(Op op, ExpressionIndex a, ExpressionIndex b) {
  return add({Expression::Kind::compute, op, 0, 0, a, b});
}

std::uint32_t Expressions::used_by(const Expression& expression) const {
  return expression.kind == Expression::Kind::input
             ? 1U << static_cast<unsigned>(expression.number)
             : registers_of(expression.a) | registers_of(expression.b);
}

Iteration begin_iteration(unsigned registers) {
  Iteration iteration;
  for (unsigned r = 0; r < registers; ++r) {
    iteration.inputs.push_back(iteration.expressions.input(r));
  }
  iteration.after = iteration.inputs;
  return iteration;
}

void append_step(Iteration& iteration, const flow::Block& block,
                 const std::vector<RegisterTest>& tests) {
  std::vector<ExpressionIndex> results;
  const auto value = [&](Operand operand) {
    return flow::value_of(operand, iteration.after, results,
                          [&](std::int64_t k) { return iteration.expressions.constant(k); });
  };
  for (const Instruction& one : block.code) {
    const ExpressionIndex a = value(one.a);
    const ExpressionIndex b = value(one.b);
    results.push_back(append_instruction(iteration, one, a, b));
  }
  std::vector<ExpressionIndex> next;
  for (const Operand operand : block.registers) {
    next.push_back(value(operand));
  }
  iteration.after = std::move(next);
  for (const RegisterTest& test : tests) {
    iteration.conditions.push_back({iteration.after[test.reg], test.is_zero});
  }
  ++iteration.steps;
}

}  // namespace nram::loops
