#pragma once

// Attempts by gradient descent at a controller: fresh random weights, a curriculum, and the current
// model discretised every so often and tested as a hard program on held-out examples.

#include "attempts/attempt.hpp"

namespace nram {

std::unique_ptr<Attempt> make_gradient_attempt(const AttemptContext& context, std::uint64_t number);

}  // namespace nram
