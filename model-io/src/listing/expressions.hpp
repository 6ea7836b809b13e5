#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <nram/engine/flow.hpp>

namespace nram::listings {

/// Index of an expression; equal ones have equal indices.
using Value = std::uint32_t;

/// What an expression is made of. Comparisons are 1 or 0.
enum class Kind : std::uint8_t {
  constant,  ///< `number` mod M
  variable,  ///< variable `number`
  load,      ///< of address a, after the first `number` stores of a node
  add,
  subtract,
  less,
  less_or_equal,
  equal,
  not_equal,
  smaller,
  larger,
  custom,  ///< module `number` of the machine
};

struct Expression {
  Kind kind;
  std::int64_t number;
  Value a;
  Value b;

  [[nodiscard]] unsigned operands() const;
  auto operator<=>(const Expression&) const = default;
};

/// Whether it is 0 or 1 by being a comparison.
bool is_comparison(Kind kind);

/// An expression as base + offset.
struct Offset {
  Value base;  ///< never a sum with a constant; the constant 0 for constants
  std::int64_t offset;
};

/// Expressions, each once, in the simplest form that is right for every modulus from
/// flow::smallest_modulus on.
class Expressions {
 public:
  explicit Expressions(const Machine& machine) : machine_(machine) {}

  [[nodiscard]] const Expression& operator[](Value value) const { return all_[value]; }
  [[nodiscard]] const Machine& machine() const { return machine_; }

  Value constant(std::int64_t number);
  Value variable(std::size_t number);
  Value load(Value address, std::size_t stores);
  /// The result of an instruction that computes (neither check nor load nor store).
  Value result(const flow::Instruction& instruction, Value a, Value b);
  Value sum(Value base, std::int64_t offset);

  /// The same operation on other operands, as it is.
  Value rebuilt(const Expression& expression, Value a, Value b) {
    return make(expression.kind, expression.kind == Kind::load ? 0 : expression.number, a, b);
  }

  /// A comparison that is 1 if the value is not 0 (`nonzero`), or if it is 0; or a constant.
  Value condition(Value value, bool nonzero);
  /// 1 if the comparison is 0, and 0 if it is 1.
  Value negation(Value condition) { return this->condition(condition, false); }

  [[nodiscard]] Offset offset_of(Value value);
  /// Whether two addresses differ for certain.
  bool differ(Value a, Value b);
  [[nodiscard]] bool is_constant(Value value, std::int64_t number) const;

  /// The variables that it depends on.
  const std::set<std::size_t>& variables(Value value);

 private:
  Value make(Kind kind, std::int64_t number, Value a = 0, Value b = 0);
  Value add(Value a, Value b);
  Value subtract(Value a, Value b);
  Value compare(Kind kind, Value a, Value b);
  Value equal(Value a, Value b);
  [[nodiscard]] bool is_bit(Value value) const;

  const Machine& machine_;
  std::vector<Expression> all_;
  std::map<Expression, Value> known_;
  std::map<Value, std::set<std::size_t>> variables_;
};

}  // namespace nram::listings
