#pragma once

#include "flow.hpp"

#include <string>

namespace nram::flow {

/// The program as text: a paragraph a block, in the order in which the entry reaches them.
std::string listing(const Flow& flow);

}  // namespace nram::flow
