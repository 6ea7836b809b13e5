#include "recurrences.hpp"

#include <map>

namespace nram::loops {
namespace {

// A chain of operations on a register: r + x - y ..., or an extreme of r, x, ...
struct Chain {
  Op op;                        ///< add or an extreme
  std::vector<bool> subtracts;  ///< by operand, from the last operation to the first
  std::vector<ExpressionIndex> operands;
};

// The chain from register r to its new value; nothing if that is no chain.
std::optional<Chain> chain_of(const Iteration& iteration, unsigned r) {
  const Expressions& all = iteration.expressions;
  ExpressionIndex at = iteration.after[r];
  Chain chain{all.is_op(at, Op::sub) ? Op::add : all[at].op, {}, {}};
  if (chain.op != Op::add && !flow::is_extreme(chain.op)) {
    return std::nullopt;
  }
  while (at != iteration.inputs[r]) {
    const Expression& expression = all[at];
    const bool subtracts = chain.op == Op::add && all.is_op(at, Op::sub);
    if (!subtracts && !all.is_op(at, chain.op)) {
      return std::nullopt;
    }
    const bool in_a = all.uses(expression.a, r);
    const ExpressionIndex operand = in_a ? expression.b : expression.a;
    if (all.uses(operand, r) || (subtracts && !in_a)) {
      return std::nullopt;
    }
    chain.subtracts.push_back(subtracts);
    chain.operands.push_back(operand);
    at = in_a ? expression.a : expression.b;
  }
  return chain;
}

// The operands of a chain as one expression.
ExpressionIndex total_of(const Chain& chain, Expressions& expressions) {
  ExpressionIndex total = no_expression;
  for (std::size_t i = 0; i < chain.operands.size(); ++i) {
    const ExpressionIndex x = chain.operands[i];
    if (chain.subtracts[i]) {
      const ExpressionIndex from = total == no_expression ? expressions.constant(0) : total;
      total = expressions.compute(Op::sub, from, x);
    } else {
      total = total == no_expression ? x : expressions.compute(chain.op, total, x);
    }
  }
  return total;
}

class Analysis {
 public:
  explicit Analysis(Iteration& iteration)
      : iteration_(iteration),
        states_(iteration.after.size(), State::open),
        recurrences_(iteration.after.size()) {}

  std::optional<Recurrences> run() {
    for (unsigned r = 0; r < recurrences_.size() && possible_; ++r) {
      resolve(r);
    }
    if (!possible_) {
      return std::nullopt;
    }
    Recurrences result{recurrences_, {}};
    for (ExpressionIndex i = 0; i < iteration_.expressions.size(); ++i) {
      result.evolution.push_back(evolution(i));
    }
    return result;
  }

 private:
  enum class State : std::uint8_t { open, under_way, done };

  // A register that is asked for while it is being found out depends on itself in a way that
  // nothing here can vectorise.
  Evolution resolve(unsigned r) {
    possible_ = possible_ && states_[r] != State::under_way;
    if (states_[r] == State::open && possible_) {
      states_[r] = State::under_way;
      recurrences_[r] = recurrence(r);
      states_[r] = State::done;
    }
    return recurrences_[r].evolution;
  }

  Recurrence recurrence(unsigned r) {
    const ExpressionIndex after = iteration_.after[r];
    if (after == iteration_.inputs[r]) {
      return {};
    }
    if (!iteration_.expressions.uses(after, r)) {
      return {Recurrence::Kind::recomputed, Op::add, after, evolution(after)};
    }
    const std::optional<Chain> chain = chain_of(iteration_, r);
    if (!chain) {
      possible_ = false;
      return {};
    }
    bool is_induction = chain->op == Op::add;
    for (const ExpressionIndex operand : chain->operands) {
      is_induction = is_induction && evolution(operand) == Evolution::invariant;
    }
    const ExpressionIndex total = total_of(*chain, iteration_.expressions);
    (void)evolution(total);  // finds out whether an operand depends on r after all
    return is_induction
               ? Recurrence{Recurrence::Kind::induction, Op::add, after, Evolution::induction}
               : Recurrence{Recurrence::Kind::reduction, chain->op, total, Evolution::varying};
  }

  // How an expression changes from iteration to iteration.
  Evolution evolution(ExpressionIndex index) {
    if (index == no_expression || !possible_) {
      return Evolution::invariant;
    }
    if (const auto known = known_.find(index); known != known_.end()) {
      return known->second;
    }
    const Expression expression = iteration_.expressions[index];
    Evolution result = Evolution::invariant;
    if (expression.kind == Expression::Kind::input) {
      result = resolve(static_cast<unsigned>(expression.number));
    } else if (expression.kind == Expression::Kind::compute) {
      const Evolution a = evolution(expression.a);
      const Evolution b = evolution(expression.b);
      const bool sums = expression.op == Op::add || expression.op == Op::sub;
      if (a == Evolution::varying || b == Evolution::varying) {
        result = Evolution::varying;
      } else if (a == Evolution::induction || b == Evolution::induction) {
        result = sums ? Evolution::induction : Evolution::varying;
      }
    }
    if (possible_) {
      known_.emplace(index, result);
    }
    return result;
  }

  Iteration& iteration_;
  std::vector<State> states_;
  std::vector<Recurrence> recurrences_;
  std::map<ExpressionIndex, Evolution> known_;
  bool possible_ = true;
};

}  // namespace

std::optional<Recurrences> find_recurrences(Iteration& iteration) {
  return Analysis(iteration).run();
}

}  // namespace nram::loops
