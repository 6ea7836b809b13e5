#pragma once

// The form in which programs are optimised and from which executors generate code. A block is one
// step of the machine: straight-line instructions on values, the new register values, and a
// decision, by which registers are zero, among the blocks that may follow.

#include <cstdint>
#include <vector>

#include <nram/engine/optimise.hpp>
#include <nram/engine/program.hpp>

namespace nram::flow {

/// A value within a block.
struct Operand {
  enum class Kind : std::uint8_t {
    input,     ///< register `index` at the start of the step
    constant,  ///< `index` mod M, which may be negative
    result,    ///< of instruction `index` of the block
  };
  Kind kind = Kind::constant;
  std::int64_t index = 0;

  static Operand input(unsigned r) { return {Kind::input, std::int64_t{r}}; }
  static Operand constant(std::int64_t k) { return {Kind::constant, k}; }
  static Operand result(std::size_t i) { return {Kind::result, static_cast<std::int64_t>(i)}; }

  [[nodiscard]] bool is_constant() const { return kind == Kind::constant; }
  [[nodiscard]] bool is_constant(std::int64_t k) const { return is_constant() && index == k; }
  [[nodiscard]] bool is_result() const { return kind == Kind::result; }
  [[nodiscard]] bool is_input(unsigned r) const {
    return kind == Kind::input && index == std::int64_t{r};
  }
  [[nodiscard]] std::size_t position() const { return static_cast<std::size_t>(index); }

  friend bool operator==(const Operand&, const Operand&) = default;
  friend auto operator<=>(const Operand&, const Operand&) = default;
};

/// The value of an operand, given those of the registers and of the results of a block and a
/// function for those of constants.
template <typename Inputs, typename Results, typename Constant>
auto value_of(Operand operand, const Inputs& inputs, const Results& results, Constant constant) {
  switch (operand.kind) {
    case Operand::Kind::input:
      return inputs[operand.position()];
    case Operand::Kind::result:
      return results[operand.position()];
    case Operand::Kind::constant:
      break;
  }
  return constant(operand.index);
}

enum class Op : std::uint8_t {
  check,  ///< the step faults, as READ or WRITE `module` of address a, if there is no cell a
  load,   ///< cell a, which exists
  store,  ///< cell a, which exists, becomes b
  add,
  sub,
  lt,
  le,
  eq,
  min,
  max,
  signed_lt,  ///< these compare values as signed numbers
  signed_le,
  signed_min,
  signed_max,
  custom,  ///< module `module` of the machine by its function
};

/// Whether the result is a truth value, 0 or 1.
constexpr bool is_comparison(Op op) {
  return op == Op::lt || op == Op::le || op == Op::eq || op == Op::signed_lt || op == Op::signed_le;
}

/// Whether the result is one of the operands, and the operation associative and commutative.
constexpr bool is_extreme(Op op) {
  return op == Op::min || op == Op::max || op == Op::signed_min || op == Op::signed_max;
}

struct Instruction {
  Op op;
  std::uint8_t module = 0;  ///< index in the machine: of a check or custom module
  Operand a{};
  Operand b{};

  friend bool operator==(const Instruction&, const Instruction&) = default;
  friend auto operator<=>(const Instruction&, const Instruction&) = default;
};

/// Index of a block, or ~index of a test of the same decision.
using Target = std::int32_t;

struct Test {
  std::uint8_t reg = 0;
  Target if_zero = 0;
  Target if_nonzero = 0;

  friend bool operator==(const Test&, const Test&) = default;
  friend auto operator<=>(const Test&, const Test&) = default;
};

/// A decision tree over zero tests of registers.
struct Decision {
  Target root = 0;
  std::vector<Test> tests{};

  friend bool operator==(const Decision&, const Decision&) = default;
  friend auto operator<=>(const Decision&, const Decision&) = default;
};

/// The number k mod M.
constexpr Word constant_value(std::int64_t k, Modulus modulus) {
  return k >= 0 ? modulus.reduce(static_cast<Word>(k))
                : modulus.sub(0, modulus.reduce(static_cast<Word>(-k)));
}

/// The block for zero-mask `mask`.
std::size_t decide(const Decision& decision, std::uint32_t mask);

struct Block {
  std::uint32_t state = 0;
  std::uint32_t care = 0;   ///< bit r: whether register r is zero at the start is known
  std::uint32_t value = 0;  ///< bit r: it is zero
  std::vector<Instruction> code{};
  std::vector<Operand> registers{};  ///< the new value of each
  bool finish = false;               ///< the last step; then `next` means nothing
  std::uint32_t next_state = 0;
  std::size_t next = 0;  ///< index of a decision
};

/// A program in this form, for runs that start in `entry` with all registers zero.
struct Flow {
  Machine machine;
  std::vector<Block> blocks{};
  std::vector<Decision> decisions{};
  std::size_t entry = 0;
};

/// The blocks of a state and how to choose among them; what a decision is made from.
using Members = std::vector<std::size_t>;

/// A small decision tree among `members` (blocks of one state whose conditions exclude each other)
/// if the registers of `known` are known to be zero (bit of `value` set) or not.
Decision make_decision(const std::vector<Block>& blocks, const Members& members,
                       std::uint32_t known, std::uint32_t value);

/// The program block by block as its rules say; with a check before every access if `checked`.
/// Decision s is that of state s, for every mask. Right for every modulus and whatever the
/// registers hold at the start.
Flow lower(const Program& program, bool checked);

/// The smallest modulus for which optimised programs are right: 0, 1 and 2 differ.
constexpr Word smallest_modulus = 3;

/// Whether a program just lowered has so many blocks, or tests between them, that it runs as it is.
bool is_too_large(const Flow& flow);

/// The program after the passes, for runs that start with all registers zero and a modulus of at
/// least smallest_modulus. What is_too_large says is too large stays as it was lowered.
Flow optimise(const Program& program, const OptimisationOptions& options, bool checked);

}  // namespace nram::flow
