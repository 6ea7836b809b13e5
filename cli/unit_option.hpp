#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

namespace nram::cli {

/// A count as people write it: 20000, 20k, 1.5M or 2G (thousands, millions, thousands of millions);
/// nothing for any other text, for parts of one, and for what is above 2^64 - 1.
std::optional<std::uint64_t> parse_count(std::string_view text);

/// Seconds: 90, 1.5, 500ms, 90s, 5m, 1h30m, 2d; nothing for any other text.
std::optional<double> parse_duration(std::string_view text);

/// Lets an option of a whole number take it with a unit; checks added before or after see the
/// number.
CLI::Option* take_count(CLI::Option* option);

/// Lets an option of seconds take a time with units.
CLI::Option* take_duration(CLI::Option* option);

}  // namespace nram::cli
