#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nram/engine/program.hpp>

namespace nram {

/// A program as text for people, as papers print them: for every rule its condition and what its
/// circuit does. Only what matters is shown: modules whose output nobody uses and registers that
/// keep their value are left out, an output used once is written where it is used.
///
///     when r0≠0 (c1)
///       READ <- mem[r0]
///       mem[r0] := INC(READ)
///       r0 := INC(r0)
///
/// Of a state's rules the first that holds applies, so they read as when ... otherwise ... . `:=`
/// changes a cell or register, `<-` names an output. All registers on the right are those at
/// the start of the step. `stop` ends the run, `go to` names the next state if there are several.
std::string listing(const Program& program);

/// The statements of one circuit in the listing, in order. O(modules).
std::vector<std::string> statements(const Machine& machine, const Circuit& circuit);

/// Whether the circuit's WRITE, if it has one, puts back what its READ has just read from the same
/// address, so that it changes nothing.
bool write_is_idle(const Machine& machine, const Circuit& circuit);

/// How much of a circuit to draw.
enum class CircuitView : std::uint8_t {
  whole,   ///< every module and register
  pruned,  ///< what matters only, see pruned_graph_of
};

/// One circuit as a graph in Graphviz's DOT language: registers on both sides, modules between
/// them. Precondition: the circuit exists.
std::string circuit_dot(const Program& program, std::uint32_t circuit, CircuitView view);

/// All circuits as one graph, each in a frame of its own.
std::string circuits_dot(const Program& program, CircuitView view);

/// The controller as a graph: states, and for each rule its condition and circuit on an arrow.
std::string automaton_dot(const Program& program);

}  // namespace nram
