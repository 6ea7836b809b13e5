#pragma once

// The last part of an attempt by annealing: a program that is right is made quicker and smaller.

#include "attempts/annealing_patience.hpp"
#include "attempts/annealing_search.hpp"
#include "attempts/champion.hpp"
#include "storage/saved_state.hpp"

#include <cstdint>

namespace nram {

class Polishing {
 public:
  /// With the moves and examples of the search; what comes out is offered to the champion, and
  /// candidates are counted as the attempt's. All of them must outlive this.
  Polishing(AnnealingSearch& search, Champion& champion, AnnealingPatience& patience)
      : search_(search), champion_(champion), patience_(patience) {}

  /// What is to be polished, which is right on the examples.
  void choose(const discrete::Candidate& candidate) { candidate_ = candidate; }

  /// From the beginning: run() goes on from there.
  void begin() { search_.begin_polishing(candidate_); }
  /// Works until `is_over` says so; true once all proposals have been tried. What has become of the
  /// candidate is the champion then, if it is still right.
  bool run(const discrete::IsOver& is_over);

  /// Candidates evaluated since the beginning.
  [[nodiscard]] std::uint64_t evaluated() const { return search_.polisher().evaluated(); }

  /// What an attempt saves of it: what is to be polished. The latter throws Error(data) or the JSON
  /// library's exceptions if that is none of the machine.
  [[nodiscard]] Json save() const;
  void restore_from(const Json& saved);

 private:
  AnnealingSearch& search_;
  Champion& champion_;
  AnnealingPatience& patience_;
  discrete::Candidate candidate_;
};

}  // namespace nram
