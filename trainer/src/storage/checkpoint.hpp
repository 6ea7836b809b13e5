#pragma once

// The state of a training run as a file, so that an interrupted one goes on bit-exactly.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nram {

/// What Attempt::save returned.
using SavedAttempt = std::vector<std::uint8_t>;

struct Checkpoint {
  /// A slot of the portfolio: attempts, one after the other.
  struct Slot {
    std::uint64_t clock = 0;  ///< what its units of work cost so far, over all its attempts
    std::uint64_t price = 0;  ///< of the unit under way
    bool done = false;        ///< no attempts are left
    SavedAttempt attempt{};   ///< the current one; empty when done

    friend bool operator==(const Slot&, const Slot&) = default;
  };
  /// The best of the ended attempts, and its slot's clock when it ended.
  struct Best {
    std::uint64_t clock = 0;
    SavedAttempt attempt{};

    friend bool operator==(const Best&, const Best&) = default;
  };

  /// What is searched for, and how. A resumed run must have the same.
  struct Search {
    std::string task;
    std::string settings;    ///< describe(settings)
    std::string modules;     ///< of the machine, in order
    std::string order;       ///< of the task's numbers, by name
    std::string arithmetic;  ///< that the task's examples test, by name

    friend bool operator==(const Search&, const Search&) = default;
  };

  Search search;
  std::uint64_t attempts_done = 0;
  std::uint64_t diverged = 0;
  double seconds = 0.0;  ///< spent so far
  std::vector<Slot> slots;
  std::optional<Best> best;
  std::vector<Best> solved;  ///< with a look further, all that were solved; the best is among them

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// Atomic: the file holds the old or the new state, never half of one.
void write_checkpoint(const Checkpoint& checkpoint, const std::string& path);

/// Throws Error(io) or Error(data), naming the file and the field at fault, or the version of the
/// format if it is another one.
Checkpoint read_checkpoint(const std::string& path);

}  // namespace nram
