#pragma once

// One draw of the campaign: a program, memories of one size, and how to run them.

#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include <support/run_record.hpp>

#include <nram/engine/optimise.hpp>
#include <nram/engine/program.hpp>

namespace nram::test {

struct Trial {
  Program program;
  std::vector<std::vector<Word>> memories;  ///< of equal size, at least one
  RunCase how;                              ///< its memory is not used
  OptimisationOptions passes;               ///< of the executors that leave some out
  std::uint64_t takeover = 1;  ///< after how many steps the automatic engine compiles; 0: it is not
                               ///< among the executors
  unsigned threads = 1;

  /// The run of one of the memories.
  [[nodiscard]] RunCase run_case(std::size_t memory) const {
    RunCase one = how;
    one.memory = memories[memory];
    return one;
  }
};

/// Draws a trial: a program that walks through memory, any program, or one of `learned` with some
/// changes; short memories whose addresses wrap round most of the time, sometimes long ones; any
/// modulus and step limit. Equal seeds of `random` give equal trials.
Trial draw_trial(std::span<const Program> learned, std::mt19937_64& random);

/// The program with a few changes to its circuits and rules. What comes out is valid; that it does
/// anything sensible is not likely.
Program mutated(const Program& program, std::mt19937_64& random);

}  // namespace nram::test
