#pragma once

#include "attempts/attempt.hpp"
#include "storage/checkpoint.hpp"

#include <vector>

namespace nram::fuzz {

/// What the attempts of the corpus work on: units of work that take milliseconds.
const AttemptContext& quick_context();

/// The first of its attempts, one of each kind, each saved after a unit of work.
std::vector<SavedAttempt> quick_attempts();

}  // namespace nram::fuzz
