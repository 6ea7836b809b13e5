#pragma once

#include <random>
#include <vector>

#include <nram/engine/memory.hpp>
#include <nram/engine/program.hpp>

namespace nram::test {

/// Bounds of random programs.
struct RandomShape {
  unsigned max_registers = 4;
  unsigned max_states = 3;
  bool any_modules = true;  ///< subsets of the standard and three custom modules and of some
                            ///< constants, in any order; otherwise the standard machine
  Order order = Order::unsigned_numbers;
};

/// The standard modules and three of a user's own: MUL (a·b), FOLD (a/2), SEVEN.
ModuleTable table_with_custom_modules();

/// Equal seeds of `random` give equal results, on every platform.
Machine random_machine(const RandomShape& shape, std::mt19937_64& random);

/// Any valid wiring. About half of the circuits copy what learned circuits look like (idle
/// write-backs, registers that keep their value), so that programs run for more than a few steps.
Circuit random_circuit(const Machine& machine, std::mt19937_64& random);

/// A few circuits, a few states, any transitions; finishing is rare.
Program random_program(const RandomShape& shape, std::mt19937_64& random);

/// `cells` values below the modulus: mostly addresses, some of them small, zero or the very
/// largest.
std::vector<Word> random_memory(std::size_t cells, Modulus modulus, std::mt19937_64& random);

}  // namespace nram::test
