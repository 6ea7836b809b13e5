#pragma once

#include "listing/structure.hpp"

#include <cstddef>
#include <map>
#include <vector>

namespace nram::listings {

/// Writes statements as a person would: no empty arms, no `else` behind what leads elsewhere, loops
/// with a test at their start or end as such. `number` gives the sections' numbers by their pieces.
void tidy(Expressions& expressions, std::vector<Statement>& statements,
          const std::map<std::size_t, std::size_t>& number);

}  // namespace nram::listings
