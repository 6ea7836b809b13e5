#pragma once

#include <string>

#include <nram/engine/flow.hpp>

namespace nram::flow {

/// The program as text: a paragraph a block, in the order in which the entry reaches them.
std::string listing(const Flow& flow);

}  // namespace nram::flow
