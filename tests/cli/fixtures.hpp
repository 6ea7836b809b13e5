#pragma once

#include "process.hpp"

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace nram::test {

/// Whether the command is built with a sanitizer, which makes it many times slower and larger.
inline constexpr bool sanitized = !std::string_view(NRAM_SANITIZE).empty();

/// Writes the hand-written program for a task into the directory; returns its path.
std::string task_program(const ScratchDirectory& directory, const std::string& task);
/// A program of one register that never finishes and changes cell 0 for ever.
std::string endless_program(const ScratchDirectory& directory);
/// A program of one register that sets every cell to 1 and does not stop behind the last one.
std::string runaway_program(const ScratchDirectory& directory);
/// A model with random weights and 2 registers.
std::string random_model(const ScratchDirectory& directory);
/// An LSTM model with random weights and 2 registers that never finishes and whose states do not
/// close, so that it has no program.
std::string unclosed_model(const ScratchDirectory& directory);

/// What a verb reported with --json.
nlohmann::json report_of(const Ended& ended);

}  // namespace nram::test
