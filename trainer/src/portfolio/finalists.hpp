#pragma once

// The attempts that have ended: which is the best, and which may still come before it.

#include "attempt_plan.hpp"
#include "portfolio/finalist.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace nram {

/// What they are depends on no real clock, so neither does the winner.
class Finalists {
 public:
  /// How long to look for others that fit after the first; nothing: the first one wins at once.
  /// With a program that fits already, the look has begun.
  explicit Finalists(const std::optional<LookPlan>& look, bool has_known = false)
      : look_(look), has_known_(look && has_known) {}

  void add(Finalist finalist);

  /// A solved one before any other, the earliest first; otherwise that with the best score.
  [[nodiscard]] const std::optional<Finalist>& best() const { return best_; }
  [[nodiscard]] bool has_solved() const { return best_ && best_->solved(); }

  /// Whether a success of this slot at this moment would still count.
  [[nodiscard]] bool would_count(std::uint64_t clock, std::uint64_t slot) const;

  /// The solved ones that count, the earliest first, at most as many as there are to be looked for;
  /// without a look further, the best only.
  [[nodiscard]] std::vector<Finalist> solved() const;

 private:
  [[nodiscard]] std::uint64_t end_of_look() const {
    return look_->end_after(has_known_ ? 0 : best_->clock);
  }

  std::optional<LookPlan> look_;
  bool has_known_;
  std::optional<Finalist> best_;
  std::vector<Finalist> solved_;  // by clock, if there is a look further
};

}  // namespace nram
