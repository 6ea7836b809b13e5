#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include <nram/engine/circuit.hpp>
#include <nram/engine/program.hpp>

namespace nram {

/// Whether registers that nothing depends on may be dropped, which changes the numbers of those
/// behind them. Runs that begin with values in registers must not be given such a program.
enum class DeadRegisters : std::uint8_t { keep, drop };

/// A program with less in it that does the same: what is known to be 0 or 1 comes from ZERO and
/// ONE, what a register has already is kept, a value is taken from where it is first known,
/// registers that nothing depends on are left alone, states and circuits that do the same are one.
///
/// Every run that does not fault leaves the same memory after as many steps, under any modulus. A
/// run that faults because of a READ whose value makes no difference does not any more. Values of
/// registers at the end may differ. Metadata stays. O(n log n + circuits · modules) for
/// n = states · 2^R. `poll` is called often, for whoever wants to know how time passes; what it
/// throws ends the work and comes out.
Program simplify(const Program& program, DeadRegisters dead = DeadRegisters::keep,
                 const std::function<void()>& poll = {});

/// The circuit alone, in steps that begin with these registers at 0 (bit i: register i): it gives
/// every register the same value and writes the same.
Circuit simplify(const Machine& machine, const Circuit& circuit, std::uint32_t zero_registers);

/// How much there is in a program: modules that matter and registers that change, in all circuits,
/// and rules. What is simpler is more likely to be what was meant.
/// O(circuits · modules).
std::size_t size_of(const Program& program);

}  // namespace nram
