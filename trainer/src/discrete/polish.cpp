#include "discrete/polish.hpp"

#include <utility>

namespace nram::discrete {

void Polisher::begin(const Candidate& candidate, std::uint64_t proposals,
                     std::vector<ExampleBatch> batches) {
  batches_ = std::move(batches);
  current_ = candidate;
  result_ = evaluator_.evaluate(current_, batches_);
  cost_ = result_.cost;
  size_ = evaluator_.size(current_);
  live_ = evaluator_.liveness(current_, result_.rows);
  loop_.begin(proposals);
  evaluated_ = 0;
}

bool Polisher::run(Random& random, const IsOver& is_over) {
  return loop_.run([&] { try_proposal(random); }, is_over);
}

void Polisher::try_proposal(Random& random) {
  Candidate proposal = current_;
  propose_(proposal, {result_.rows, live_}, random);
  if (evaluator_.equivalent(current_, proposal, result_.rows, live_)) {
    current_ = proposal;
    return;
  }
  const LaneResult proposed = evaluator_.evaluate(proposal, batches_, {cost_});
  ++evaluated_;
  if (proposed.rejected || proposed.steps > result_.steps) {
    return;
  }
  const std::size_t size = evaluator_.size(proposal);
  if (std::pair(proposed.steps, size) <= std::pair(result_.steps, size_)) {
    current_ = proposal;
    result_ = proposed;
    size_ = size;
    live_ = evaluator_.liveness(current_, result_.rows);
  }
}

}  // namespace nram::discrete
