#pragma once

// One run of simulated annealing over candidates.

#include "discrete/cost/lane_evaluator.hpp"
#include "discrete/elite_pool.hpp"
#include "discrete/proposal_loop.hpp"
#include "discrete/proposals/move_counts.hpp"
#include "discrete/proposals/moves.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace nram::discrete {

/// How the temperature falls, and what else decides about a proposal. Temperatures are in units of
/// mean cost and fall geometrically.
struct AnnealingSchedule {
  std::uint64_t candidates = 50000;
  double start = 0.03;
  double end = 0.003;
  /// The first batch decides alone about candidates that are far worse on it: how many times what
  /// the temperature allows.
  double first_batch_slack = 2.0;
  /// Candidates that take half as many steps again as their parent (and four more) are rejected.
  bool limit_steps = false;
};

/// Anneals in slices of time; the outcome does not depend on how it is sliced.
class Annealer {
 public:
  struct Callbacks {
    /// Changes the candidate and says by which moves.
    std::function<MoveSet(Candidate&, const Traits&, Random&)> propose;
    /// Of a candidate without cost: nothing if it is right on other examples, too, which ends the
    /// run; otherwise the examples to go on with.
    std::function<std::optional<std::vector<ExampleBatch>>(const Candidate&)> confirm;
    std::function<void(MoveSet, Fate)> count;
  };

  /// The machine and the evaluator must outlive this.
  Annealer(const Machine& machine, unsigned states, LaneEvaluator& evaluator, Callbacks callbacks)
      : machine_(machine),
        states_(states),
        evaluator_(evaluator),
        callbacks_(std::move(callbacks)) {}

  /// Starts a run. `batches` has 1 to max_batches batches.
  void begin(const Candidate& start, const AnnealingSchedule& schedule,
             std::vector<ExampleBatch> batches);

  /// Goes on with it as ProposalLoop::run does; true once the run is at its end.
  bool run(Random& random, const IsOver& is_over);

  /// Whether a run has begun and is not at its end.
  [[nodiscard]] bool is_running() const { return loop_.is_running(); }
  /// Whether the run ended with a candidate that is right, current().
  [[nodiscard]] bool has_found() const { return has_found_; }
  [[nodiscard]] const Candidate& current() const { return current_; }
  /// The cheapest of the run so far, on the batches it was evaluated with.
  [[nodiscard]] const Elite& best() const { return best_; }
  /// Candidates evaluated in this run; those that surely behave as their parent are not.
  [[nodiscard]] std::uint64_t evaluated() const { return evaluated_; }

 private:
  void look_at_current();
  void try_proposal(Random& random);

  const Machine& machine_;
  unsigned states_;
  LaneEvaluator& evaluator_;
  Callbacks callbacks_;
  AnnealingSchedule schedule_;
  std::vector<ExampleBatch> batches_;
  Candidate current_;
  LaneResult result_;  // of current_
  Liveness live_{};
  Elite best_;
  ProposalLoop loop_;
  std::uint64_t evaluated_ = 0;
  bool has_found_ = false;
};

}  // namespace nram::discrete
