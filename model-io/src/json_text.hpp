#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace nram {

using Json = nlohmann::json;

/// Parses JSON that may come from anywhere. Numbers that are whole are integers however they are
/// spelled (-0, 1.0, 1e3). Throws Error(data) beginning with `name`: with line and column for
/// syntax errors and NUL bytes, with the path for keys that occur twice and for nesting deeper than
/// `max_depth`. Lines are counted from `first_line` on.
Json parse_json(std::string_view text, const std::string& name, std::size_t max_depth,
                std::size_t first_line = 1);

/// The text as a JSON string with its quotes. Throws Error(data) if it is not UTF-8.
std::string quoted(const std::string& text);

}  // namespace nram
