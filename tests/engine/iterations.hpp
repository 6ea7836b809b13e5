#pragma once

// Blocks and iterations of loops, written down for tests.

#include "loops/iteration.hpp"

#include <utility>
#include <vector>

namespace nram::test {

inline flow::Operand reg(unsigned r) { return flow::Operand::input(r); }
inline flow::Operand number(std::int32_t k) { return flow::Operand::constant(k); }
inline flow::Operand result(std::size_t i) { return flow::Operand::result(i); }

inline flow::Block block_of(std::vector<flow::Instruction> code, std::vector<flow::Operand> after) {
  flow::Block block;
  block.code = std::move(code);
  block.registers = std::move(after);
  return block;
}

/// An iteration of one step: this code, then the registers are these, of which the tests ask
/// something.
inline loops::Iteration iteration_of(std::vector<flow::Instruction> code,
                                     std::vector<flow::Operand> after,
                                     const std::vector<loops::RegisterTest>& tests = {}) {
  loops::Iteration iteration = loops::begin_iteration(static_cast<unsigned>(after.size()));
  loops::append_step(iteration, block_of(std::move(code), std::move(after)), tests);
  return iteration;
}

}  // namespace nram::test
