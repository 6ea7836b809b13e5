#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nram/engine/modulus.hpp>
#include <nram/engine/order.hpp>

namespace nram {

/// What an executor does for a module. Everything but `custom` is known to executors and passes by
/// its meaning; a custom module is known by its function alone.
enum class Opcode : std::uint8_t {
  read,
  zero,
  one,
  two,
  constant,  ///< CONST(k): the number `Module::constant`
  inc,
  add,
  sub,
  dec,
  lt,
  le,
  eq,
  min,
  max,
  signed_lt,  ///< LT, LE, MIN and MAX of a machine with signed numbers
  signed_le,
  signed_min,
  signed_max,
  write,
  custom,
};

/// A module of the machine: one row of the module table (Kurach et al. 2016, section 3.1).
///
/// A pure module is fully described by `evaluate`; the trainer derives its soft extension (the
/// distribution of the result for independent arguments) from it unless it has a faster kernel.
struct Module {
  /// The result, below M, for arguments below M; unused arguments are 0. Must be pure. (A CONST(k)
  /// is given its k as `a`: see value().)
  using Function = Word (*)(Word a, Word b, Modulus modulus);

  std::string name;     ///< upper-case letters, digits and '_', as program files spell it
  Opcode opcode;        ///< what executors and passes know it as
  unsigned arity;       ///< 0, 1 or 2
  Function evaluate;    ///< null for READ and WRITE, which touch memory
  std::string summary;  ///< one line that says what it computes, by the names of its arguments
  /// The names of its arguments, lower-case letters, digits and '_', by which a CircuitBuilder is
  /// told what goes where; only the first `arity` of them count.
  std::array<std::string, 2> arguments = {"a", "b"};
  Word constant = 0;  ///< of CONST(k): k, which may be M or more; of all others 0

  /// The result for arguments below M (those it does not take are 0). Precondition:
  /// !touches_memory().
  [[nodiscard]] Word value(Word a, Word b, Modulus modulus) const {
    return evaluate(opcode == Opcode::constant ? constant : a, b, modulus);
  }

  /// Whether it is ZERO, ONE, TWO or CONST(k). (A module of a user's own without arguments is not:
  /// it is known by its function alone.)
  [[nodiscard]] bool is_constant() const { return arity == 0 && opcode != Opcode::custom; }

  [[nodiscard]] bool touches_memory() const {
    return opcode == Opcode::read || opcode == Opcode::write;
  }
};

/// The largest k of a CONST(k): 2^63 - 1. (What is above it is a small negative number in natural
/// wrap-around: SUB gives it.)
constexpr Word max_constant = (Word{1} << 63U) - 1;

/// The module CONST(k), the number k mod M: a machine may have a few of them, of different k,
/// beside ZERO, ONE and TWO. Its name says which it is, "CONST(100)". Throws Error(usage) unless k
/// ≤ max_constant.
Module constant_module(Word k);

/// The module as a machine of this order has it: LT, LE, MIN and MAX compare in that order; all
/// others are the same in both.
Module in_order(Module module, Order order);

/// Throws Error(usage), naming the module and what is wrong, unless this is a module that a user
/// may add: opcode `custom`, a well-formed name, at most two arguments with well-formed, different
/// names, and a function.
void validate_custom(const Module& module);

/// The modules that program and model files may name: the rows of the table, and CONST(k) for every
/// k from 0 to max_constant.
class ModuleTable {
 public:
  /// The 14 modules of the paper, in the default order of a machine:
  /// READ ZERO ONE TWO INC ADD SUB DEC LT LE EQ MIN MAX WRITE.
  static ModuleTable standard();

  /// Adds a module of the user's own. Throws Error(usage) if the name is taken, or as
  /// validate_custom does.
  void add(Module module);

  /// The module of this name; nothing if there is none.
  [[nodiscard]] std::optional<Module> find(std::string_view name) const;

  /// The module of this name. Throws Error(data), listing those there are, if there is none.
  [[nodiscard]] Module at(std::string_view name) const;

  /// The modules of these names, in this order, as for a Machine. Throws as at() does.
  [[nodiscard]] std::vector<Module> select(const std::vector<std::string_view>& names) const;

  /// All rows in the order of the table.
  [[nodiscard]] std::span<const Module> modules() const { return modules_; }

 private:
  std::vector<Module> modules_;
};

}  // namespace nram
