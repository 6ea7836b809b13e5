#pragma once

#include <string>
#include <vector>

#include <nram/engine/program.hpp>

namespace nram::test {

/// A program written by a person for one of the ten tasks, for tests and benchmarks only.
struct HandWritten {
  std::string task;
  Program program;
};

/// One per task, in the order of the manual. All are feed-forward (one state), stop by themselves
/// and change no cell that is not a result.
const std::vector<HandWritten>& hand_written_programs();

/// The program for this task; throws std::out_of_range if there is none.
const Program& hand_written_program(const std::string& task);

}  // namespace nram::test
