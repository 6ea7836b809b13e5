#pragma once

#include <vector>

#include <nram/engine/program.hpp>

namespace nram {

/// The program on a machine without those CONST(k) that no circuit uses: it does the same, and what
/// it consists of is what it needs. O(size of the program).
Program without_unused_constants(const Program& program);

/// The numbers k of the CONST(k) that its circuits use. O(size of the program).
std::vector<Word> constants_used(const Program& program);

}  // namespace nram
