#pragma once

#include <optional>
#include <string>

#include <nram/engine/program.hpp>
#include <nram/trainer/evaluation.hpp>

namespace nram {

/// One line for a person who wants to know why a program fails a test case: runs it once more.
std::string explain_failure(const Executor& executor, const Machine& machine, const TestCase& test);

/// The smallest test case that the program fails among examples of all levels and held-out ones,
/// with its memory and why; nothing if it fails none of them.
std::optional<std::string> smallest_failure(const Program& program, const Task& task,
                                            std::uint64_t seed);

}  // namespace nram
