#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <nram/engine/circuit.hpp>

namespace nram::simplification {

/// Values of one step, each once: equal numbers are equal values, whatever the registers hold,
/// under any modulus.
class Values {
 public:
  using Value = std::uint32_t;
  static constexpr Value zero = 0;
  static constexpr Value one = 1;

  Values();

  /// What register r holds at the start, if nothing is known of it.
  Value initial(unsigned r);
  /// What a module that is no WRITE gives for these arguments (only the first `arity` count).
  /// `number` tells custom modules apart, which are known by their functions alone, and READs of
  /// the memory before and behind a WRITE.
  Value of(const Module& module, unsigned number, Value a, Value b);

  /// The values that this one has been made of, if that is by the module's operation.
  [[nodiscard]] std::optional<std::pair<Value, Value>> arguments(Value value,
                                                                 const Module& module) const;

 private:
  enum class Kind : std::uint8_t {
    initial,
    constant,
    custom,
    read,
    sum,
    difference,
    less,
    less_or_equal,
    equal,
    smaller,
    larger,
    signed_less,
    signed_less_or_equal,
    signed_smaller,
    signed_larger
  };
  struct Node {
    Kind kind;
    std::uint64_t number;  // of a register, a constant, a custom module or the memory
    Value a;
    Value b;
    auto operator<=>(const Node&) const = default;
  };

  Value make(Kind kind, std::uint64_t number, Value a, Value b);
  Value sorted(Kind kind, Value a, Value b);
  Value sum(Value a, Value b);
  Value difference(Value a, Value b);
  Value less(Value a, Value b);
  Value less_or_equal(Value a, Value b);
  Value equal(Value a, Value b);
  Value smaller(Value a, Value b);
  Value larger(Value a, Value b);
  [[nodiscard]] bool is_boolean(Value value) const;
  static std::optional<Kind> kind_of(Opcode opcode);

  std::vector<Node> nodes_;
  std::map<Node, Value> known_;
};

}  // namespace nram::simplification
