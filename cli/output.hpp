#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

namespace nram::cli {

/// JSON whose keys stay in the order in which they were set.
using Json = nlohmann::ordered_json;

// Everything that the command says passes through here, and with it through `printable`: texts of
// files reach a terminal as characters to be seen only.

/// Writes text to standard output; throws Error(io) if it does not take it (a full disk, say).
void print_text(std::string_view text);

/// Prints a report as indented JSON, in ASCII.
void print_report(const Json& report);

/// Writes text of several lines to standard error: what print_text would say where standard output
/// is taken by a result.
void print_notes(std::string_view text);

/// Writes "nram: message" and a newline to standard error, where messages go: always one line.
void complain(std::string_view message);

}  // namespace nram::cli
