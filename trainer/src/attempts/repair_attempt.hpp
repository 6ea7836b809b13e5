#pragma once

// Attempts by gradient descent whose best program, if it is not good enough, is repaired by
// annealing.

#include "attempts/attempt.hpp"

namespace nram {

std::unique_ptr<Attempt> make_repair_attempt(const AttemptContext& context, std::uint64_t number);
std::unique_ptr<Attempt> restore_repair_attempt(const AttemptContext& context, const Json& saved);

}  // namespace nram
