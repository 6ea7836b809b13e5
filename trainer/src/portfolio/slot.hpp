#pragma once

// Where attempts advance, and what their work costs and counts.

#include "attempts/attempt.hpp"
#include "portfolio/finalist.hpp"

#include <cstdint>
#include <memory>
#include <vector>

#include <nram/trainer/progress.hpp>

namespace nram {

/// What the next unit of an attempt's work costs, in units of the clock. What searches and is
/// promising gets three units while others get one: most of the time of learning `merge` goes into
/// the last third of the cost, and most attempts never come to it.
std::uint64_t price_of_next_unit(const AttemptProgress& progress);

/// A place for attempts, one after the other. Only the worker that has taken it touches `attempt`.
struct Slot {
  std::unique_ptr<Attempt> attempt;  // null when there is none left
  std::uint64_t clock = 0;           // what its units of work cost
  std::uint64_t price = 0;           // of the unit under way
  bool taken = false;
  Snapshot snapshot{};  // of the attempt after the latest slice

  // What polishes has succeeded in the unit under way, which has not been counted yet.
  [[nodiscard]] std::uint64_t clock_at_end_of_unit() const {
    return clock + (snapshot.progress.status == AttemptStatus::polishing ? price : 0);
  }
};

/// Adds what was counted to what has been counted.
void add_counts(const std::vector<MoveCount>& more, std::vector<MoveCount>& total);

}  // namespace nram
