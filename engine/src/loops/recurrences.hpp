#pragma once

// How the registers of a loop change from iteration to iteration (compare Bachmann, Wang and Zima,
// Chains of recurrences, 1994, and LLVM's scalar evolution, which know more of sums and nothing of
// minima).

#include "iteration.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace nram::loops {

/// How a register changes.
struct Recurrence {
  enum class Kind : std::uint8_t {
    invariant,   ///< not at all
    induction,   ///< by the same amount in every iteration
    recomputed,  ///< it becomes `value`, which does not depend on the register in this iteration
    reduction,   ///< it becomes op(register, value)
  };
  Kind kind = Kind::invariant;
  Op op = Op::add;  ///< of a reduction: add, min or max
  ExpressionIndex value = no_expression;
  Evolution evolution = Evolution::invariant;  ///< of the register at the start of an iteration
};

struct Recurrences {
  std::vector<Recurrence> of_register;
  std::vector<Evolution> evolution;  ///< by expression
};

/// The recurrences of all registers; nothing if one is of another kind. Adds expressions for what
/// reductions of several operations take altogether.
std::optional<Recurrences> find_recurrences(Iteration& iteration);

}  // namespace nram::loops
