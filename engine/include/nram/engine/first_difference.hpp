#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include <nram/engine/stepped_run.hpp>

namespace nram {

/// One of two runs that are compared.
struct ComparedRun {
  SteppedRun& run;  ///< before its first step
  /// Whether reaching the step limit is a normal end, as MemoryRunOptions::step_limit_is_end.
  bool step_limit_is_end = false;
  /// Called with every step.
  std::function<void(const FollowedStep&)> on_step{};
};

/// What one of two runs did where they part.
struct Parting {
  std::optional<MemoryAccess> write{};  ///< its next write; nothing: it ended before
  std::uint64_t step = 0;               ///< of that write; otherwise, steps completed at the end
  Outcome outcome = Outcome::finished;  ///< how it ended, if it did
};

/// Where two runs part.
struct RunDifference {
  std::uint64_t equal_writes = 0;  ///< how many writes before are the same in both
  Parting a{};
  Parting b{};
};

/// Runs both until they part: until the first write that differs in address or value, or that only
/// one of them does, or until both have ended, but not alike (one stops, the other faults or does
/// not stop). Nothing if they never do. Writes that leave a cell as it is count as none, and the
/// number of steps between two writes does not matter, so that a program can be compared with a
/// shorter one that does the same.
///
/// Runs are of equal memories, each its own. O(steps) time, O(1) memory.
std::optional<RunDifference> first_difference(const ComparedRun& a, const ComparedRun& b);

}  // namespace nram
