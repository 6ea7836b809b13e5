#pragma once

#include "attempts/attempt.hpp"

namespace nram::fuzz {

/// What the attempts of the corpus work on: units of work that take milliseconds.
const AttemptContext& quick_context();

}  // namespace nram::fuzz
