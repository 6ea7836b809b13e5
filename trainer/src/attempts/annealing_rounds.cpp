#include "attempts/annealing_rounds.hpp"

namespace nram {

void AnnealingRounds::begin() {
  to_polish_.reset();
  search_.begin_round(champion_.elite().cost < nearly_right_);
}

bool AnnealingRounds::run(const discrete::IsOver& is_over) {
  if (!search_.anneal(is_over)) {
    return false;
  }
  patience_.add(evaluated());
  if (search_.annealer().has_found()) {
    test(search_.annealer().current());
  } else {
    keep(search_.annealer().best());
    settle_for_unclean();
  }
  return true;
}

// A candidate that is right, clean and stops on every example that could be drawn.
void AnnealingRounds::test(const discrete::Candidate& candidate) {
  if (champion_.offer({0.0, candidate}, search_.examples().confirmed_rows())) {
    to_polish_ = candidate;
  } else {
    // It is wrong only beyond the training lengths: nothing to learn from, so leave its region.
    search_.leave_region();
    patience_.note_misled();
  }
}

// The best of all rounds is told by what it costs where all examples weigh the same.
void AnnealingRounds::keep(const discrete::Elite& elite) {
  const auto plain = search_.evaluate(elite.candidate);
  if (champion_.offer_if_better({plain.cost, elite.candidate}, plain.rows)) {
    patience_.note_improvement();
  }
  search_.offer(elite);
}

// What is right and stops, but changes other cells, is taken if nothing better comes up soon.
void AnnealingRounds::settle_for_unclean() {
  if (champion_.is_right()) {
    patience_.note_unclean();
  }
  if (patience_.settles_for_unclean()) {
    to_polish_ = champion_.elite().candidate;
  }
}

}  // namespace nram
