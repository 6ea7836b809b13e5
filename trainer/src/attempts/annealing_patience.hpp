#pragma once

// How long an annealing attempt goes on.

#include "attempt_plan.hpp"

#include <cstdint>

namespace nram {

/// Counts the candidates of an attempt. One that still gets better is not cut off, one that is far
/// from anything at half its time is.
class AnnealingPatience {
 public:
  explicit AnnealingPatience(const AnnealingPlan& plan) : plan_(plan) {}

  void add(std::uint64_t candidates) { work_ += candidates; }
  /// There is a new best.
  void note_improvement() { improved_at_ = work_; }

  /// Whether the attempt has had its time, its best costing `cost`.
  [[nodiscard]] bool is_over(double cost) const;

  /// Candidates so far, and when the best one was new.
  [[nodiscard]] std::uint64_t work() const { return work_; }
  [[nodiscard]] std::uint64_t improved_at() const { return improved_at_; }

  /// Puts back what the accessors said. Throws Error(data) if an attempt cannot have come to that.
  void restore(std::uint64_t work, std::uint64_t improved_at);

 private:
  AnnealingPlan plan_;
  std::uint64_t work_ = 0;
  std::uint64_t improved_at_ = 0;
};

}  // namespace nram
