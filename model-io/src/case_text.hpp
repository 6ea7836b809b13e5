#pragma once

#include <cstddef>
#include <string>

#include <nram/engine/program.hpp>

namespace nram {

/// When a rule of the program applies, given that no rule above it in its state does: "r0=0 r2≠0",
/// "always" for the only rule of a state, "otherwise" for a last one without conditions.
std::string case_text(const Program& program, std::size_t rule);

}  // namespace nram
