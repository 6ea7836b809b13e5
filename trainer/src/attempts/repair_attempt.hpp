#pragma once

// Attempts by gradient descent whose best program, if it is not good enough, is repaired by
// annealing.

#include "attempts/attempt.hpp"

namespace nram {

std::unique_ptr<Attempt> make_repair_attempt(const AttemptContext& context, std::uint64_t number);

}  // namespace nram
