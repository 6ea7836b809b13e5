#pragma once

// The state of a search as a file, so that an interrupted one goes on bit-exactly.

#include <cstdint>
#include <string>
#include <vector>

namespace nram {

struct Checkpoint {
  using SavedAttempt = std::vector<std::uint8_t>;  ///< see Attempt::save

  std::string task;
  std::string settings;            ///< describe(settings); a resumed search must have the same
  std::uint64_t next_attempt = 0;  ///< the lowest number that has not begun
  std::uint64_t attempts_done = 0;
  std::uint64_t diverged = 0;
  double seconds = 0.0;               ///< spent so far
  std::vector<SavedAttempt> running;  ///< in the order of their numbers
  std::vector<SavedAttempt> best;     ///< none or one: the best of the ended attempts

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// Atomic: the file holds the old or the new state, never half of one.
void write_checkpoint(const Checkpoint& checkpoint, const std::string& path);

/// Throws Error(io) or Error(data), naming the file and the field at fault.
Checkpoint read_checkpoint(const std::string& path);

}  // namespace nram
