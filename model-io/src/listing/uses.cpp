#include "listing/uses.hpp"

#include <utility>

namespace nram::listings {
namespace {

class UseSearch {
 public:
  UseSearch(const Expressions& expressions, const Names& names)
      : expressions_(expressions), names_(names) {}

  void visit(Value value, bool by_name) {
    if (!seen_.insert(value).second) {
      return;
    }
    if (by_name && names_.contains(value)) {
      uses_.names.insert(value);
      return;
    }
    const Expression expression = expressions_[value];
    if (expression.kind == Kind::variable) {
      uses_.old.insert(static_cast<std::size_t>(expression.number));
    } else if (expression.kind == Kind::load) {
      uses_.loads.insert(value);
    }
    if (expression.operands() > 0) {
      visit(expression.a, true);
    }
    if (expression.operands() > 1) {
      visit(expression.b, true);
    }
  }

  Uses take() { return std::move(uses_); }

 private:
  const Expressions& expressions_;
  const Names& names_;
  std::set<Value> seen_;
  Uses uses_;
};

}  // namespace

Uses uses_of(const Expressions& expressions, Value value, const Names& names, bool itself) {
  UseSearch search(expressions, names);
  search.visit(value, !itself);
  return search.take();
}

Value written(Expressions& expressions, Value value, const Names& names, bool itself) {
  const auto name = names.find(value);
  if (name != names.end() && !itself) {
    return expressions.variable(name->second);
  }
  const Expression expression = expressions[value];
  if (expression.operands() == 0) {
    return value;
  }
  const Value a = written(expressions, expression.a, names);
  const Value b =
      expression.operands() > 1 ? written(expressions, expression.b, names) : expression.b;
  return expressions.rebuilt(expression, a, b);
}

void count_operands(const Expressions& expressions, Value value, const Names& names,
                    std::map<Value, unsigned>& needed) {
  const Expression expression = expressions[value];
  if (expression.operands() > 0) {
    count_needed(expressions, expression.a, names, needed);
  }
  if (expression.operands() > 1) {
    count_needed(expressions, expression.b, names, needed);
  }
}

void count_needed(const Expressions& expressions, Value value, const Names& names,
                  std::map<Value, unsigned>& needed) {
  if (++needed[value] == 1 && !names.contains(value)) {
    count_operands(expressions, value, names, needed);
  }
}

}  // namespace nram::listings
