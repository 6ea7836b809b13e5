#pragma once

// Stepping through attempts.

#include "attempts/attempt.hpp"

namespace nram {

/// Advances to the end of a unit of work: what has been computed there depends on the attempt
/// alone, while a time slice ends sooner or later with the computer's speed.
inline void advance_a_unit(Attempt& attempt) {
  do {
    (void)attempt.advance();
  } while (!attempt.at_unit_end());
}

}  // namespace nram
