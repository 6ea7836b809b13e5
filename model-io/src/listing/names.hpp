#pragma once

#include "listing/expressions.hpp"
#include "listing/structure.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace nram::listings {

/// Names for `variables` variables, by what the statements show of their use: i, j, k... walk
/// through memory in constant strides; p, q... are other addresses; n, m... count; x, y, z... are
/// values from memory. Others keep the register's name, or are t, u... if they are none's.
std::vector<std::string> find_names(Expressions& expressions, const Structure& structure,
                                    std::size_t variables,
                                    const std::vector<std::set<unsigned>>& registers);

}  // namespace nram::listings
