#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <nram/engine/program.hpp>

namespace nram {

/// A program as structured pseudo-code, as one would write it on a whiteboard.
struct PseudoCode {
  /// Indented by two blanks a level; see pseudo_code().
  std::vector<std::string> lines{};
  /// Each variable with the registers that it stands for, one after the other; none for what holds
  /// a value in between. Where that makes simpler text, it is the register and a constant.
  std::vector<std::pair<std::string, std::vector<unsigned>>> variables{};
  /// False, and nothing else is there: the program is too large for pseudo-code.
  bool is_complete = false;
};

/// The program as loops and branches, several steps at once where one always follows the other:
///
///     p := 0
///     repeat  # each time 4 steps, 3 reads, 0 writes
///       p := mem[p]
///     until mem[p + 1] = mem[1]
///     mem[mem[2]] := p
///     stop
///
/// Lines are `x := value`, `x, y := values` (at once), `mem[address] := value`, `if`, `else`,
/// `while`, `repeat` ... `until`, `loop` (for ever), `break` and `continue` (of the innermost
/// loop), `stop`. `[a < b]` is 1 if that holds, or else 0. Where loops and branches are not enough,
/// sections `B:`, `C:`... follow, and `go to B` leads there. Names say how a variable is used: i,
/// j, k, l walk through memory in constant strides, p, q, s, w are other addresses, n and m count,
/// x, y, z are values from memory; others keep a register's name.
///
/// For a run that starts with all registers at 0, under any modulus from 3 on, and that stops by
/// itself without a fault, the text does the same to the memory. READs, and WRITEs of what a cell
/// holds already, that make no difference are left out, so a run that faults by one of those does
/// not fault in the text. A program of more than 256 kinds of step and tests of registers between
/// them is too large.
PseudoCode pseudo_code(const Program& program);

/// The pseudo-code under a few lines, each with a `#`, of what is known: task, verdict, arithmetic,
/// machine, which register is which variable. A program that is too large is listed as
/// raw_listing() does.
std::string listing(const Program& program);

/// A program rule by rule: for every rule its condition and what its circuit does. Only what
/// matters is shown: modules whose output nobody uses and registers that keep their value are left
/// out, an output used once is written where it is used. Metadata come first.
///
///     when r0≠0 (c1)
///       READ <- mem[r0]
///       mem[r0] := INC(READ)
///       r0 := INC(r0)
///
/// Of a state's rules the first that holds applies, so they read as when ... otherwise ... . `:=`
/// changes a cell or register, `<-` names an output. All registers on the right are those at
/// the start of the step. `stop` ends the run, `go to` names the next state if there are several;
/// `(idle)` is behind a WRITE that puts back what has just been read.
std::string raw_listing(const Program& program);

/// Where the program comes from: its metadata, `key: value` a line; of the settings, each on a line
/// of its own.
std::string provenance(const Program& program);

/// The statements of one circuit in the listing, in order. O(modules).
std::vector<std::string> statements(const Machine& machine, const Circuit& circuit);

/// Whether the circuit's WRITE, if it has one, puts back what its READ has just read from the same
/// address, so that it changes nothing.
bool write_is_idle(const Machine& machine, const Circuit& circuit);

/// How much of a circuit to draw.
enum class CircuitView : std::uint8_t {
  whole,   ///< every module and register, faint where it makes no difference
  pruned,  ///< what matters only, see pruned_graph_of
};

/// One circuit as a graph in Graphviz's DOT language: registers on both sides, modules between
/// them. Precondition: the circuit exists.
std::string circuit_dot(const Program& program, std::uint32_t circuit, CircuitView view);

/// The whole program as one graph: the controller and all circuits, each in a frame of its own.
std::string program_dot(const Program& program, CircuitView view);

/// The controller as a graph: states, and for each rule its condition and circuit on an arrow.
std::string automaton_dot(const Program& program);

}  // namespace nram
