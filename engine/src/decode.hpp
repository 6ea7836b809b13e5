#pragma once

// Circuits decoded for the fast interpreter: straight-line blocks of three-address operations on
// slots, one block per distinct transition.

#include <cstdint>
#include <vector>

#include <nram/engine/program.hpp>

namespace nram {

/// A block is operations up to and including one `end`.
enum class OpCode : std::uint8_t {
  read,
  write,
  write_saved,  ///< a WRITE that a later READ of the same step may have to take back
  inc,
  add,
  sub,
  dec,
  lt,
  le,
  eq,
  min,
  max,
  custom,  ///< module `module` by its function
  move,    ///< dst := a
  end,     ///< to the next block; a + 2^16·b indexes DecodedProgram::ends
};

struct Op {
  OpCode code;
  std::uint8_t module = 0;  ///< index in the machine
  std::uint16_t dst = 0;    ///< slot
  std::uint16_t a = 0;      ///< slot
  std::uint16_t b = 0;      ///< slot
};

/// What happens between two blocks: the new zero-mask is (old mask & keep) plus the bits of the
/// registers in `changed` that are zero.
struct BlockEnd {
  std::uint32_t row = 0;  ///< of the next state in DecodedProgram::entry
  std::uint32_t keep = 0;
  std::uint32_t state = 0;
  bool finish = false;
  std::uint16_t changed_count = 0;
  std::uint16_t changed[Machine::max_registers] = {};
};

/// Slots: registers, then module outputs (constants are set once, before the run), then scratch.
struct DecodedProgram {
  std::vector<std::uint32_t> entry;  ///< by state << R | mask: index of the block's first op
  std::vector<Op> ops;
  std::vector<BlockEnd> ends;
  std::vector<std::uint16_t> constants;  ///< module indices whose slot holds a constant
  unsigned slots = 0;
};

/// With `may_fault`, no register slot changes before the last memory access of a block, so that the
/// registers of a faulting step are those from its start. Without (every address is in range),
/// module outputs go straight to registers where possible.
DecodedProgram decode(const Program& program, bool may_fault);

}  // namespace nram
