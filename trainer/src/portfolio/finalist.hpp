#pragma once

// What is left of an attempt that has ended, and which one wins.

#include "attempts/attempt.hpp"
#include "storage/checkpoint.hpp"

#include <cstdint>

namespace nram {

/// An attempt as it stood after a slice of its work.
struct Snapshot {
  AttemptProgress progress;
  SavedAttempt saved;
};

inline Snapshot snapshot_of(const Attempt& attempt) { return {attempt.progress(), attempt.save()}; }

/// An ended attempt, and the moment it ended by its slot's clock.
struct Finalist {
  std::uint64_t clock = 0;
  std::uint64_t slot = 0;
  Snapshot snapshot;

  [[nodiscard]] bool solved() const { return snapshot.progress.is_solved(); }
};

/// A solved attempt beats any other, the earliest one first; otherwise the better score does. The
/// order depends on no real clock, so neither does the winner.
bool better(const Finalist& a, const Finalist& b);

}  // namespace nram
