#include "extremes.hpp"

#include <cstdlib>
#include <optional>
#include <vector>

namespace nram::loops {
namespace {

constexpr std::int64_t largest_offset = std::int64_t{1} << 30U;

// Register r at the start of the iteration, or nothing, and a number.
struct Line {
  std::optional<std::int64_t> r;
  std::int64_t offset = 0;
};

// Finds, expression by expression, those that can be replaced.
class Extremes {
 public:
  explicit Extremes(Iteration& iteration)
      : iteration_(iteration), lines_(iteration.expressions.size()) {
    for (ExpressionIndex i = 0; i < lines_.size(); ++i) {
      lines_[i] = line_of(iteration.expressions[i]);
      same_.push_back(i);
    }
  }

  [[nodiscard]] ExpressionIndex same(ExpressionIndex index) const {
    return index == no_expression ? no_expression : same_[index];
  }

  void visit(ExpressionIndex index) {
    const Expression& expression = iteration_.expressions[index];
    if (expression.kind != Expression::Kind::compute || !flow::is_extreme(expression.op)) {
      return;
    }
    const std::optional<std::int64_t> a = stride_of(expression.a);
    const std::optional<std::int64_t> b = stride_of(expression.b);
    if (!a || !b || *a == *b) {
      return;
    }
    const bool is_least = expression.op == Op::min || expression.op == Op::signed_min;
    const bool is_a = is_least ? *a < *b : *a > *b;
    same_[index] = is_a ? expression.a : expression.b;
    const bool is_signed = expression.op == Op::signed_min || expression.op == Op::signed_max;
    // "a" is the smaller one just when it is the one wanted of a minimum, and so on.
    const bool a_is_below = is_a == is_least;
    decided_.push_back({is_signed ? Op::signed_le : Op::le,
                        a_is_below ? expression.a : expression.b,
                        a_is_below ? expression.b : expression.a});
  }

  // To be called behind the last visit.
  bool add_conditions() {
    for (const Order& order : decided_) {
      iteration_.conditions.push_back(
          {iteration_.expressions.compute(order.op, order.below, order.above), false});
    }
    return !decided_.empty();
  }

 private:
  struct Order {
    Op op;
    ExpressionIndex below;
    ExpressionIndex above;
  };

  // Of expressions whose operands have their lines already.
  [[nodiscard]] std::optional<Line> line_of(const Expression& expression) const {
    switch (expression.kind) {
      case Expression::Kind::constant:
        return Line{std::nullopt, expression.number};
      case Expression::Kind::input:
        return Line{expression.number, 0};
      case Expression::Kind::compute:
        break;
    }
    if (expression.op != Op::add && expression.op != Op::sub) {
      return std::nullopt;
    }
    const std::optional<Line>& a = lines_[expression.a];
    const std::optional<Line>& b = lines_[expression.b];
    const bool adds = expression.op == Op::add;
    if (!a || !b || (a->r && b->r) || (b->r && !adds) || std::abs(a->offset) > largest_offset ||
        std::abs(b->offset) > largest_offset) {
      return std::nullopt;
    }
    return Line{a->r ? a->r : b->r, adds ? a->offset + b->offset : a->offset - b->offset};
  }

  // What an iteration adds to it.
  [[nodiscard]] std::optional<std::int64_t> stride_of(ExpressionIndex index) const {
    const std::optional<Line>& line = lines_[index];
    if (!line || !line->r) {
      return line ? std::optional<std::int64_t>(0) : std::nullopt;
    }
    const std::optional<Line>& after = lines_[iteration_.after[static_cast<std::size_t>(*line->r)]];
    return after && after->r == line->r ? std::optional(after->offset) : std::nullopt;
  }

  Iteration& iteration_;
  std::vector<std::optional<Line>> lines_;  // by expression
  std::vector<ExpressionIndex> same_;       // by expression: what it is replaced by
  std::vector<Order> decided_;
};

}  // namespace

bool decide_extremes(Iteration& iteration) {
  Extremes extremes(iteration);
  replace_expressions(
      iteration, [&](ExpressionIndex index) { return extremes.same(index); },
      [&](ExpressionIndex index) { extremes.visit(index); });
  return extremes.add_conditions();
}

}  // namespace nram::loops
