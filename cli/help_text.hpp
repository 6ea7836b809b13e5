#pragma once

#include "declaration.hpp"

#include <cstddef>
#include <string>

namespace nram::cli {

/// What --help prints of a verb, in lines of at most `width` characters (commands and names that
/// are longer are not broken). With a `command`, that of the command with all its verbs.
std::string help_text(const DeclaredVerb& verb, std::size_t width);
std::string help_text(const DeclaredCommand& command, std::size_t width);

/// "nram run [OPTIONS] PROGRAM INPUT".
std::string usage_of(const DeclaredVerb& verb);

/// "-o, --output FILE".
std::string heading_of(const DeclaredOption& option);

/// What is said of an option: its help, default and what it excludes.
std::string explanation_of(const DeclaredOption& option);

}  // namespace nram::cli
