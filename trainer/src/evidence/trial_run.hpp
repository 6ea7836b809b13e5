#pragma once

// A run of a program on an input that is made like the examples.

#include <optional>
#include <vector>

#include <nram/engine/executor.hpp>
#include <nram/engine/program.hpp>
#include <nram/model-io/example.hpp>

namespace nram {

/// How a program runs on an input: by the arithmetic that it is for, within some times the budget
/// of steps, which the input has to have.
RunOptions options_for(const Program& program, const Example& input);

/// The memory behind the run; nothing if the program faults or does not stop.
std::optional<std::vector<Word>> result_of(const Executor& executor, const Program& program,
                                           const Example& input);

}  // namespace nram
