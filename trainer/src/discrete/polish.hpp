#pragma once

// Makes a program that is right quicker and smaller by local search.

#include "discrete/cost/lane_evaluator.hpp"
#include "discrete/proposal_loop.hpp"
#include "discrete/proposals/move_counts.hpp"
#include "discrete/proposals/moves.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace nram::discrete {

/// Looks for a candidate that takes fewer steps, or as many with less in it, and costs no more. In
/// slices of time; the outcome does not depend on how it is sliced.
class Polisher {
 public:
  using Propose = std::function<MoveSet(Candidate&, const Traits&, Random&)>;

  /// The evaluator must outlive this.
  Polisher(LaneEvaluator& evaluator, Propose propose)
      : evaluator_(evaluator), propose_(std::move(propose)) {}

  /// Starts from `candidate`. `proposals` will be tried.
  void begin(const Candidate& candidate, std::uint64_t proposals,
             std::vector<ExampleBatch> batches);

  /// Goes on as ProposalLoop::run does; true once all proposals have been tried.
  bool run(Random& random, const IsOver& is_over);

  /// What has become of the candidate, with what evaluating it gives.
  [[nodiscard]] const Candidate& current() const { return current_; }
  [[nodiscard]] const LaneResult& result() const { return result_; }
  /// The cost of the candidate that it began with.
  [[nodiscard]] double cost() const { return cost_; }
  /// Candidates evaluated since the beginning.
  [[nodiscard]] std::uint64_t evaluated() const { return evaluated_; }

 private:
  void try_proposal(Random& random);

  LaneEvaluator& evaluator_;
  Propose propose_;
  std::vector<ExampleBatch> batches_;
  Candidate current_;
  LaneResult result_;
  Liveness live_{};
  std::size_t size_ = 0;
  double cost_ = 0.0;
  ProposalLoop loop_;
  std::uint64_t evaluated_ = 0;
};

}  // namespace nram::discrete
