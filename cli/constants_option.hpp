#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <nram/engine/modulus.hpp>

namespace nram::cli {

/// Adds --constants, whose text is `auto` without it.
CLI::Option* add_constants(CLI::App& verb, std::string& text);

/// The numbers that the text of --constants names, none for `none`; nothing for `auto`. Throws
/// Error(usage) if it is none of these.
std::optional<std::vector<Word>> constants_named(const std::string& text);

}  // namespace nram::cli
