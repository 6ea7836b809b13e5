#include "attempts/automaton_training.hpp"

#include "soft/optimizer.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <vector>

namespace nram {
namespace {

constexpr double infinite_cost = std::numeric_limits<double>::infinity();

CostSettings automaton_cost(const Settings& settings, const AutomatonPlan& plan) {
  CostSettings cost = cost_settings(settings);
  cost.form = CostForm::marginal;
  cost.any_time = settings.cost.any_time;
  cost.log_floor = plan.log_floor;
  return cost;
}

}  // namespace

AutomatonTraining::AutomatonTraining(const AttemptContext& context, std::uint64_t number,
                                     const AutomatonPlan& plan, const LearnedAutomaton& automaton,
                                     Random& random)
    : settings_(context.settings),
      cost_(automaton_cost(context.settings, plan)),
      stage_iterations_(std::max(1U, context.settings.automaton.iterations / plan.stages)),
      weights_(automaton.soft(), automaton.random_weights(random), context.settings.automaton.rate,
               false, context.poll),
      examples_(context, number, plan, automaton.target(), automaton.rounds(), random) {}

bool AutomatonTraining::is_at_stage_end() const {
  return !is_finite_ || stage_iteration_ >= stage_iterations_;
}

void AutomatonTraining::iterate(Random& random) {
  const std::vector<LaneGroup> batch = examples_.draw(random);
  is_finite_ = weights_
                   .step(batch, cost_,
                         [this](std::span<float> gradient) {
                           clip_norm(gradient, settings_.optimizer.clip_norm);
                         })
                   .finite;
  work_ += is_finite_ ? 1 : 0;
  ++stage_iteration_;
}

double AutomatonTraining::end_stage() {
  const bool is_finite = is_finite_ && weights_.is_finite();
  stage_iteration_ = 0;
  is_finite_ = true;
  return is_finite ? validation_cost() : infinite_cost;
}

double AutomatonTraining::validation_cost() {
  const CostResult result = weights_.cost(examples_.validation(), cost_);
  accuracy_ = result.accuracy;
  if (!result.finite) {
    return infinite_cost;
  }
  return result.cost;
}

void AutomatonTraining::save_to(Json& saved) const {
  saved["work"] = work_;
  saved["levels"] = examples_.levels();
  saved["stage-iteration"] = stage_iteration_;
  saved["finite"] = is_finite_;
  weights_.save_to(saved);
}

void AutomatonTraining::restore_from(const Json& saved, AttemptStatus status) {
  work_ = count_from(saved.at("work"));
  stage_iteration_ = static_cast<unsigned>(
      count_from(saved.at("stage-iteration"), settings_.automaton.iterations));
  is_finite_ = saved.at("finite").get<bool>();
  weights_.restore_from(saved, status);
  examples_.restore(count_from(saved.at("levels")));
}

}  // namespace nram
