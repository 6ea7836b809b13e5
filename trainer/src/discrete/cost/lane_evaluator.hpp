#pragma once

// Runs candidate programs on 64 examples at once: lane i of every byte vector belongs to example i.

#include "discrete/candidate.hpp"
#include "discrete/cost/circuit_code.hpp"
#include "discrete/cost/example_batch.hpp"
#include "discrete/cost/features.hpp"
#include "discrete/liveness.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace nram::discrete {

/// How much each fault of a candidate costs, per example.
struct Prices {
  /// Partial credit is multiplied by this. Programs that are far from right live on it; with less
  /// of it, those that get some cells right prevail.
  double partial_credit = 1.0;
  double value_written = 0.1;  ///< taken off a wrong cell whose value was written somewhere
  double was_right = 0.1;      ///< ... that held the right value at some time after a write to it
  double unclean = 0.3;        ///< the largest price of changing cells that are no results
  double not_stopped = 0.15;   ///< not finishing within the step limit, or an address out of range
  double late = 0.0;           ///< per step
  /// The share of the prices of being unclean and of not stopping that counts while the example has
  /// wrong cells.
  double while_wrong = 0.3;
  /// The share of a pack's price that is taken off if something in the registers tells exactly the
  /// examples with a wrong cell from the others: a branch on it could mend them. See Clues.
  double clues = 0.0;
};

inline constexpr unsigned without_limit = ~0U;

/// What evaluating a candidate tells.
struct Outcome64 {
  double cost = 0.0;   ///< mean over the examples, 0 = all right, clean and stopped
  double first = 0.0;  ///< that of the first pack alone
  /// Bit r: row r was visited, or the other row of its state, if that does the same.
  std::uint64_t rows = 0;
  std::uint64_t wrong = 0;  ///< bit i: example i (of any pack) has a wrong cell or a fault
  std::uint64_t steps = 0;  ///< that all examples together took
  /// By pack: the most steps that an example took, without_limit if one ran to its budget.
  std::array<unsigned, max_packs> longest{without_limit, without_limit};
  /// The cost is above the limit, or a run longer; the other figures are incomplete.
  bool rejected = false;
};

/// Above what a candidate is rejected: the mean cost of all packs, or that of the first alone. The
/// latter saves running the others.
struct Limit {
  double cost = std::numeric_limits<double>::infinity();
  double first = std::numeric_limits<double>::infinity();
  /// By pack: reject what is still running after so many steps.
  std::array<unsigned, max_packs> steps{without_limit, without_limit};
};

/// Evaluates candidates of one machine. Reuses its buffers; not for concurrent use.
class LaneEvaluator {
 public:
  LaneEvaluator(const Machine& machine, unsigned states, const Prices& prices);

  Outcome64 evaluate(const Candidate& candidate, const Pack& pack);

  /// On up to max_packs packs, with the mean of their costs. Stops early, with `rejected` set, once
  /// that is sure to be above a limit: put the packs that are quickest to run first. Quicker if
  /// only some of the reachable rows are expected, unless others are entered after all.
  Outcome64 evaluate(const Candidate& candidate, std::span<const Pack> packs,
                     const Limit& limit = {},
                     std::optional<std::uint64_t> expected_rows = std::nullopt);

  /// How much there is in a candidate: operations, and choices between operands.
  std::size_t size(const Candidate& candidate);

  /// By result of the pack evaluated last: 0xff in the lanes whose value is wrong.
  [[nodiscard]] std::span<const Bytes> missed() const { return missed_; }

  /// The registers that have to be right after a step in each of `rows` for the outcome to be:
  /// those that are live, or all of them if there are clues to look for.
  Liveness liveness(const Candidate& candidate, std::uint64_t rows);

  /// Whether `b` surely has the same outcome as `a`, which visits `rows`, where `live` registers
  /// matter: it differs at most in what is never used. Far cheaper than evaluating.
  [[nodiscard]] bool equivalent(const Candidate& a, const Candidate& b, std::uint64_t rows,
                                const Liveness& live) const;

 private:
  std::optional<Outcome64> run(const Candidate& candidate, std::uint64_t expected, const Pack& pack,
                               unsigned patience);
  double price(const Pack& pack, const Bytes& stopped, const Bytes& taken, Outcome64& outcome);

  const Machine& machine_;
  unsigned states_;
  Prices prices_;
  LivenessAnalysis analysis_;
  SourceAnalysis sources_;
  CircuitCode code_;
  std::vector<Bytes> slots_;
  std::vector<Bytes> memory_;
  std::vector<Bytes> before_step_;  // memory, if a WRITE may have to be undone
  std::vector<Bytes> value_written_;
  std::vector<Bytes> was_right_;
  std::vector<Bytes> missed_;
  Clues clues_;
};

}  // namespace nram::discrete
