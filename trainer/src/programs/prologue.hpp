#pragma once

// Programs that begin by loading the first cells of the memory into registers. Most programs on
// memories with parameters in front do that; what is learned behind it need not find it.

#include <span>
#include <vector>

#include <nram/engine/program.hpp>
#include <nram/trainer/task.hpp>

namespace nram {

/// Whether the address behind the loaded cells is left in a register.
enum class Position { forgotten, kept };

/// The circuits of the steps that load cells 0 to count - 1 into registers 0 to count - 1, leaving
/// all else alone, where every register is 0 at the start. Empty if the machine cannot do that: it
/// takes READ and INC, enough registers, and a WRITE, if there is one, that can put back what READ
/// has read. With Position::kept, register `count` is left with the address behind these cells.
std::vector<Circuit> prologue_circuits(const Machine& machine, unsigned count,
                                       Position position = Position::forgotten);

/// The program behind steps that run unconditionally, a state each.
Program behind(const std::vector<Circuit>& steps, const Program& program);

/// How many of the first `count` cells exist in all of the examples; 0 if registers start with
/// values in any of them, so that nothing can be loaded first.
std::size_t loadable_cells(std::span<const Example> examples, std::size_t count);

}  // namespace nram
