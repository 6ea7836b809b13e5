#pragma once

// How long an annealing attempt goes on.

#include "attempt_plan.hpp"
#include "storage/saved_state.hpp"

#include <cstdint>

namespace nram {

/// Counts what has come out of an attempt's candidates. One that still gets better is not cut off;
/// one that is far from anything at half its time is, and one that is misled again and again.
class AnnealingPatience {
 public:
  /// `has_next_stage`: the task has a stage with more to learn from, as AnnealingPlan::most_misled
  /// has it.
  AnnealingPatience(const AnnealingPlan& plan, bool has_next_stage)
      : plan_(plan), has_next_stage_(has_next_stage) {}

  void add(std::uint64_t candidates) { work_ += candidates; }
  /// There is a new best.
  void note_improvement() { improved_at_ = work_; }
  /// What was right on all examples has failed the acceptance test.
  void note_misled() { ++misled_; }
  /// A round has ended without a clean program, when there was one already that is right.
  void note_unclean() { ++rounds_since_right_; }

  /// Whether the attempt has had its time, its best costing `cost`.
  [[nodiscard]] bool is_over(double cost) const;
  /// Whether what is right will do, though it is not clean.
  [[nodiscard]] bool settles_for_unclean() const {
    return rounds_since_right_ > plan_.clean_rounds;
  }

  /// Candidates so far.
  [[nodiscard]] std::uint64_t work() const { return work_; }

  /// Adds the counts to what an attempt saves; puts them back. The latter throws Error(data) if an
  /// attempt cannot have come to that.
  void save_to(Json& saved) const;
  void restore_from(const Json& saved);

 private:
  AnnealingPlan plan_;
  bool has_next_stage_;
  std::uint64_t work_ = 0;
  std::uint64_t improved_at_ = 0;
  std::uint64_t misled_ = 0;
  std::uint64_t rounds_since_right_ = 0;
};

}  // namespace nram
