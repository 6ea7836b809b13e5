#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

namespace nram::cli {

/// JSON whose keys stay in the order in which they were set.
using Json = nlohmann::ordered_json;

/// Writes text to standard output; throws Error(io) if it does not take it (a full disk, say).
void print_text(std::string_view text);

/// Prints a report as indented JSON.
void print_report(const Json& report);

/// Writes "nram: message" and a newline to standard error, where messages go.
void complain(std::string_view message);

}  // namespace nram::cli
