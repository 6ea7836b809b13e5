#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nram::cli {

/// The decimal number that the whole text is, from 0 to 2^64 - 1; nothing if it is none.
std::optional<std::uint64_t> parse_number(std::string_view text);

/// For CLI::Option::check: CLI11 itself takes -1 for 2^64 - 1, and so every number that is too
/// large.
std::string check_number(const std::string& text);

}  // namespace nram::cli
