#pragma once

#include "declaration.hpp"

#include <string>

namespace nram::cli {

/// The manual page of the command, nram(1), or of a verb, nram-VERB(1), as troff with the macros
/// `man`, which man, groff and mandoc read.
std::string manual_page(const DeclaredCommand& command);
std::string manual_page(const DeclaredCommand& command, const DeclaredVerb& verb);

}  // namespace nram::cli
