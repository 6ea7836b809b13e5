#pragma once

// The best candidate of an annealing attempt, as the program that it stands for.

#include "attempts/attempt.hpp"
#include "discrete/elite_pool.hpp"

#include <cstdint>
#include <span>
#include <vector>

#include <nram/engine/program.hpp>

namespace nram {

class Champion {
 public:
  /// Candidates of this machine with that many states, behind a prologue that loads as many of the
  /// first `prologue_cells` cells as there are in all examples, if the machine can do that.
  Champion(AttemptContext context, std::uint64_t number, const Machine& machine, unsigned states,
           std::size_t prologue_cells, std::span<const TestCase> examples);

  /// The cells that are loaded before a candidate begins.
  [[nodiscard]] std::size_t prologue_cells() const { return prologue_cells_; }

  [[nodiscard]] const discrete::Elite& elite() const { return elite_; }
  [[nodiscard]] const Score& score() const { return score_; }
  /// Whether it has passed the acceptance test; it may still cost something, if it is not clean.
  [[nodiscard]] bool is_right() const { return is_right_; }
  [[nodiscard]] Program program() const { return program_of(elite_.candidate); }

  /// Before anything was tested.
  void begin(const discrete::Elite& elite) { elite_ = elite; }
  /// Offers a candidate that costs less than any so far, unless one is right already. Returns
  /// whether it was so.
  bool offer_if_better(const discrete::Elite& elite, std::uint64_t rows);

  /// Tests a candidate that entered `rows` in its runs, first made easier to read; remembers it if
  /// it passes or, as long as nothing has passed, if its score is the best. Returns whether it
  /// passed.
  bool offer(const discrete::Elite& elite, std::uint64_t rows);

  /// Adds it to what an attempt saves; puts it back. The latter throws Error(data) if the candidate
  /// is none of the machine.
  void save_to(Json& saved) const;
  void restore_from(const Json& saved);

  /// Throws Error(data) if a saved candidate is none of the machine.
  void require_valid(const discrete::Candidate& candidate) const;

 private:
  [[nodiscard]] Program program_of(const discrete::Candidate& candidate) const;

  AttemptContext context_;
  std::uint64_t number_;
  const Machine& machine_;
  unsigned states_;
  std::size_t prologue_cells_;
  discrete::Elite elite_;
  Score score_;
  bool is_right_ = false;
};

}  // namespace nram
