#pragma once

// Blocks decoded for the fast interpreter: three-address operations on slots, and jumps.

#include <array>
#include <cstdint>
#include <vector>

#include <nram/engine/flow.hpp>

namespace nram::threaded {

/// A block is operations up to and including one `end...` or `finish`.
enum class Handler : std::uint8_t {
  check,  ///< faults if there is no cell a; b is the controller's state
  read,   ///< check, then load
  write,  ///< check, then store; dst is the controller's state
  load,   ///< dst := cell a, which exists
  store,  ///< cell a, which exists, := b
  inc,    ///< dst := a + 1
  dec,    ///< dst := a - 1
  add,
  sub,
  lt,
  le,
  eq,
  min,
  max,
  signed_lt,
  signed_le,
  signed_min,
  signed_max,
  custom,   ///< module `module` by its function
  move,     ///< dst := a
  end0,     ///< to the next block; this and its kin are followed by EndData
  end1,     ///< ... chosen by whether register dst is zero
  end2,     ///< ... registers dst and a
  end3,     ///< ... registers dst, a and b
  end_far,  ///< ... by the tests from the target on
  test,     ///< goes on at the first word of the next item if register dst is zero, else the second
  finish,   ///< the last step; a is the state after it
};

struct Operation {
  Handler handler;
  std::uint8_t module = 0;  ///< index in the machine
  std::uint16_t dst = 0;    ///< slot
  std::uint16_t a = 0;      ///< slot
  std::uint16_t b = 0;      ///< slot
};

/// One element of the code. Behind an `end` comes an item of the state after it and the place of
/// the next block if no tested register is zero (of `end_far`: of the tests); then, two in an item,
/// the places of the next blocks by the zero bits of the tested registers.
union Item {
  Operation op;
  std::array<std::uint32_t, 2> words;
};

/// Slots: registers, scratch for registers, constants, results of a block's instructions.
struct DecodedProgram {
  std::vector<Item> code;
  std::vector<std::uint32_t> entry;     ///< of blocks: where they start
  std::vector<std::int64_t> constants;  ///< by slot from first_constant on: a number mod M
  unsigned first_constant = 0;
  unsigned slots = 0;
};

DecodedProgram decode(const flow::Flow& flow);

}  // namespace nram::threaded
