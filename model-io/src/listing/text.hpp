#pragma once

#include "listing/expressions.hpp"
#include "listing/structure.hpp"

#include <string>
#include <vector>

namespace nram::listings {

/// The statements as lines of text, indented by two blanks a level.
std::vector<std::string> lines_of(const Expressions& expressions, const Structure& structure,
                                  const std::vector<std::string>& names);

}  // namespace nram::listings
