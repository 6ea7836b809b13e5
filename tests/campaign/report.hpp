#pragma once

#include "compare.hpp"

#include <string>

namespace nram::test {

/// A finding as a person needs it: what differs, the program as a file has it, the memory, and
/// commands that show the same with `nram run`, as far as it can (its engines are not told to
/// vectorise loops of a few iterations, and files have no modules of a user's own).
std::string describe(const Trial& trial, const Finding& finding);

}  // namespace nram::test
