#pragma once

#include <string>

#include <nram/trainer/builtin_tasks.hpp>

namespace nram::cli {

/// The largest problem size the command draws: far from overflowing a number of cells.
inline constexpr std::size_t max_length = 1'000'000'000;

/// The built-in task of this name; throws Error(usage) if there is none.
const BuiltinTask& require_task(const std::string& name);

}  // namespace nram::cli
