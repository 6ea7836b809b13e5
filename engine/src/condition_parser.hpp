#pragma once

#include <string_view>

#include <nram/engine/program.hpp>

namespace nram {

/// The state and the condition on registers that a text asks for, in a rule whose transition says
/// nothing yet. What is understood, and what is refused with Error(data), is said at
/// ProgramBuilder::rule; the inverse of condition_text, but for the state.
Rule parse_condition(const Machine& machine, std::string_view text);

}  // namespace nram
