#include "discrete/annealing.hpp"

#include <cmath>
#include <utility>

namespace nram::discrete {
namespace {

// A candidate that takes much longer than the program it was made from, where that stops in all
// examples, mostly does not stop.
StepsOfBatches limits_after(const LaneResult& parent) {
  StepsOfBatches steps = parent.longest;
  for (unsigned& limit : steps) {
    limit += limit == without_limit ? 0 : limit / 2 + 4;
  }
  return steps;
}

}  // namespace

void Annealer::begin(const Candidate& start, const AnnealingSchedule& schedule,
                     std::vector<ExampleBatch> batches) {
  schedule_ = schedule;
  batches_ = std::move(batches);
  current_ = start;
  look_at_current();
  best_ = {result_.cost, current_};
  loop_.begin(schedule.candidates);
  evaluated_ = 0;
  has_found_ = false;
}

void Annealer::look_at_current() {
  result_ = evaluator_.evaluate(current_, batches_);
  live_ = evaluator_.liveness(current_, result_.rows);
}

bool Annealer::run(Random& random, const IsOver& is_over) {
  return loop_.run([&] { try_proposal(random); }, is_over);
}

void Annealer::try_proposal(Random& random) {
  Candidate proposal = current_;
  const MoveSet moves = callbacks_.propose(proposal, {result_.rows, live_}, random);
  if (evaluator_.equivalent(current_, proposal, result_.rows, live_)) {
    current_ = proposal;  // drifts among equals, for free
    return;
  }
  // Metropolis' rule with its random number drawn first, so that it becomes a limit.
  const double temperature =
      schedule_.start * std::pow(schedule_.end / schedule_.start, loop_.done());
  const double worse = -temperature * std::log(1.0 - random.uniform());
  const LaneResult proposed = evaluator_.evaluate(
      proposal, batches_,
      {result_.cost + worse, result_.first + schedule_.first_batch_slack * (worse + temperature),
       schedule_.limit_steps ? limits_after(result_) : Limit{}.steps},
      likely_rows(machine_, states_, current_, result_.rows, proposal));
  ++evaluated_;
  callbacks_.count(moves, proposed.rejected              ? Fate::rejected
                          : proposed.cost < result_.cost ? Fate::improved
                                                         : Fate::accepted);
  if (proposed.rejected) {
    return;
  }
  current_ = proposal;
  result_ = proposed;
  live_ = evaluator_.liveness(current_, result_.rows);
  if (result_.cost < best_.cost) {
    best_ = {result_.cost, current_};
  }
  while (result_.cost == 0.0) {
    auto batches = callbacks_.confirm(current_);
    if (!batches) {
      has_found_ = true;
      loop_.stop();
      return;
    }
    batches_ = std::move(*batches);
    look_at_current();
    best_ = {result_.cost, current_};
  }
}

}  // namespace nram::discrete
