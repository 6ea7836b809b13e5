#include "conditions.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace nram::loops {
namespace {

bool is_constant(const Expression& expression) {
  return expression.kind == Expression::Kind::constant;
}

// Whether it is 0 or 1.
bool is_small(const Expression& expression) {
  return is_constant(expression)
             ? expression.number == 0 || expression.number == 1
             : expression.kind == Expression::Kind::compute && flow::is_comparison(expression.op);
}

// Finds out, expression by expression, which are the same as an earlier one.
class Simplification {
 public:
  explicit Simplification(Iteration& iteration)
      : iteration_(iteration),
        nonzero_(iteration.expressions.size(), false),
        same_(iteration.expressions.size(), no_expression) {
    for (const Condition& condition : iteration.conditions) {
      nonzero_[condition.value] = nonzero_[condition.value] || !condition.is_zero;
    }
  }

  [[nodiscard]] ExpressionIndex same(ExpressionIndex index) const {
    return index == no_expression ? no_expression : same_[index];
  }

  // The operands are what they will be.
  void visit(ExpressionIndex index) {
    same_[index] = index;
    const Expressions& all = iteration_.expressions;
    const bool is_max = all.is_op(index, Op::max);
    if (!is_max && !all.is_op(index, Op::min)) {
      return;
    }
    const ExpressionIndex a = all[index].a;
    const ExpressionIndex b = all[index].b;
    for (const auto& [large, small] : {std::pair(a, b), std::pair(b, a)}) {
      if (!is_small(all[small])) {
        continue;
      }
      if (is_max && !nonzero_[large] && all.is_op(large, Op::add) &&
          is_constant(all[all[large].b])) {
        iteration_.conditions.push_back({large, false});
        nonzero_[large] = true;
      }
      if (nonzero_[large]) {
        same_[index] = is_max ? large : small;
        nonzero_[same_[index]] = nonzero_[same_[index]] || nonzero_[index];
      }
    }
  }

 private:
  Iteration& iteration_;
  std::vector<bool> nonzero_;
  std::vector<ExpressionIndex> same_;
};

}  // namespace

void simplify_by_conditions(Iteration& iteration) {
  Simplification simplification(iteration);
  replace_expressions(
      iteration, [&](ExpressionIndex index) { return simplification.same(index); },
      [&](ExpressionIndex index) { simplification.visit(index); });
}

bool reduce_conditions(Iteration& iteration) {
  std::vector<Condition> kept;
  for (const Condition& condition : iteration.conditions) {
    const Expression& value = iteration.expressions[condition.value];
    if (is_constant(value) && std::abs(value.number) < 3) {
      if ((value.number == 0) != condition.is_zero) {
        return false;
      }
      continue;
    }
    const auto same = std::find_if(kept.begin(), kept.end(), [&](const Condition& other) {
      return other.value == condition.value;
    });
    if (same == kept.end()) {
      kept.push_back(condition);
    } else if (same->is_zero != condition.is_zero) {
      return false;
    }
  }
  iteration.conditions = std::move(kept);
  return true;
}

}  // namespace nram::loops
