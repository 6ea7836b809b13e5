#pragma once

// The rounds of an attempt by annealing: each is one annealing run, and what comes out of it is
// tested, kept to start from again, or left behind.

#include "attempts/annealing_patience.hpp"
#include "attempts/annealing_search.hpp"
#include "attempts/champion.hpp"

#include <cstdint>
#include <optional>

namespace nram {

class AnnealingRounds {
 public:
  /// Runs the search, offers what it finds to the champion and counts for the patience. All of them
  /// must outlive this.
  AnnealingRounds(const AnnealingPlan& plan, AnnealingSearch& search, Champion& champion,
                  AnnealingPatience& patience)
      : nearly_right_(plan.nearly_right),
        search_(search),
        champion_(champion),
        patience_(patience) {}

  /// Begins a round: run() goes on from there.
  void begin();
  /// Works until `is_over` says so; true once the round has ended.
  bool run(const discrete::IsOver& is_over);

  /// Candidates evaluated in the round.
  [[nodiscard]] std::uint64_t evaluated() const { return search_.annealer().evaluated(); }

  /// What the round has ended with, if it was the last one: it is right, and is to be polished.
  [[nodiscard]] const std::optional<discrete::Candidate>& to_polish() const { return to_polish_; }

 private:
  void test(const discrete::Candidate& candidate);
  void keep(const discrete::Elite& elite);
  void settle_for_unclean();

  double nearly_right_;
  AnnealingSearch& search_;
  Champion& champion_;
  AnnealingPatience& patience_;
  std::optional<discrete::Candidate> to_polish_;
};

}  // namespace nram
