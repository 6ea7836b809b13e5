#pragma once

// Circuits decoded for the fast interpreter: straight-line blocks of three-address operations on
// slots, one block per distinct transition.

#include <cstdint>
#include <vector>

#include <nram/engine/program.hpp>

namespace nram {

/// A block is operations up to and including one that ends it: `end...` (with its EndData in the
/// next place) or `finish`.
enum class OpCode : std::uint8_t {
  read,
  read_undo,  ///< a READ after the WRITE of its step: takes that back if it faults
  write,
  write_saved,  ///< a WRITE that a later READ of the step may have to take back
  inc,
  add,
  sub,
  dec,
  lt,
  le,
  eq,
  min,
  max,
  custom,   ///< module `module` by its function
  move,     ///< dst := a
  end0,     ///< to the next block; no register has changed
  end1,     ///< ... register dst has changed
  end2,     ///< ... registers dst and a
  end3,     ///< ... registers dst, a and b
  end_all,  ///< ... more than three
  finish,   ///< the last step; a is the state after it
};

/// What to do for an `end` operation: the new zero-mask is (old mask & keep) plus the bits of the
/// changed registers that are zero.
struct EndData {
  std::uint32_t row;   ///< of the next state in DecodedProgram::entry
  std::uint32_t keep;  ///< bit i: register i has not changed
};

struct Op {
  OpCode code;
  std::uint8_t module = 0;  ///< index in the machine
  std::uint16_t dst = 0;    ///< slot
  std::uint16_t a = 0;      ///< slot
  std::uint16_t b = 0;      ///< slot
};

/// One element of the code: an operation, or the data of the `end` before it.
union CodeItem {
  Op op;
  EndData end;
};

/// Slots: registers, then module outputs (constants are set once, before the run), then scratch.
struct DecodedProgram {
  std::vector<std::uint32_t> entry;  ///< by state << R | mask: where the block starts in `code`
  std::vector<CodeItem> code;
  std::vector<std::uint16_t> constants;  ///< module indices whose slot holds a constant
  unsigned slots = 0;
};

/// With `may_fault`, no register slot changes before the last memory access of a block, so that the
/// registers of a faulting step are those from its start. Without (every address is in range),
/// module outputs go straight to registers where possible.
DecodedProgram decode(const Program& program, bool may_fault);

}  // namespace nram
