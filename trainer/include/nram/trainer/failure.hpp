#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <nram/engine/program.hpp>
#include <nram/trainer/evaluation.hpp>

namespace nram {

/// One line for a person who wants to know why a program fails a test case: runs it once more.
std::string explain_failure(const Executor& executor, const Machine& machine, const TestCase& test);

/// The smallest test case that the program fails among examples of all levels and held-out ones,
/// with its memory and why; nothing if it fails none of them. Once `is_over`, which is asked often,
/// says so, the smallest one found until then.
std::optional<std::string> smallest_failure(const Program& program, const Task& task,
                                            std::uint64_t seed,
                                            const std::function<bool()>& is_over = {});

}  // namespace nram
