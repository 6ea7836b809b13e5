#pragma once

#include <vector>

#include <nram/engine/machine.hpp>

namespace nram {

/// One step's wiring: the argmax of every selector. Says where each module argument and each new
/// register value comes from.
struct Circuit {
  std::vector<Source> arguments;  ///< by Machine::first_argument(q) + position
  std::vector<Source> registers;  ///< the new value of each register

  friend bool operator==(const Circuit&, const Circuit&) = default;
};

/// Throws Error(data) unless the circuit has one source for every argument and register of the
/// machine, and an argument of module q uses registers and modules before q only. `where` (for
/// example "circuit 3") starts the message.
void validate(const Machine& machine, const Circuit& circuit, const std::string& where);

/// For each module whether it matters: WRITE always does; any other does if its output reaches a
/// new register value or an argument of a module that matters. A READ that does not matter cannot
/// fail.
std::vector<bool> live_modules(const Machine& machine, const Circuit& circuit);

/// The circuit in which every register keeps its value and every argument is register 0; the
/// neutral starting point for building circuits. (Its WRITE writes r0 to cell r0: point it
/// elsewhere.)
Circuit blank_circuit(const Machine& machine);

}  // namespace nram
