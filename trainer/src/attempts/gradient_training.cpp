#include "attempts/gradient_training.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <nram/engine/error.hpp>

namespace nram {

bool are_finite(std::span<const float> parameters) {
  return std::ranges::all_of(parameters, [](float value) { return std::isfinite(value); });
}

CostSettings cost_settings(const Settings& settings) {
  CostSettings cost;
  cost.ponder_cost = settings.cost.ponder_cost;
  cost.renormalise = true;
  return cost;
}

GradientTraining::GradientTraining(SoftMachine soft, std::vector<float> parameters,
                                   double learning_rate, bool parallel, Poll poll)
    : soft_(std::move(soft)),
      workspace_(parallel, std::move(poll)),
      learning_rate_(learning_rate),
      adam_(soft_.parameters(), AdamSettings{learning_rate}),
      parameters_(std::move(parameters)),
      gradient_(soft_.parameters()) {}

CostResult GradientTraining::cost(std::span<const LaneGroup> batch, const CostSettings& settings) {
  return soft_.cost(parameters_, batch, settings, workspace_);
}

void GradientTraining::start_from(std::vector<float> parameters) {
  parameters_ = std::move(parameters);
  adam_ = Adam(soft_.parameters(), AdamSettings{learning_rate_});
}

bool GradientTraining::note(const AcceptanceResult& result) {
  if (result.passed || result.score > best_score_) {
    best_score_ = result.score;
    best_ = parameters_;
  }
  return result.passed;
}

void GradientTraining::save_to(Json& saved) const {
  saved["parameters"] = to_json(parameters_);
  saved["adam-first"] = to_json(adam_.first_moment());
  saved["adam-second"] = to_json(adam_.second_moment());
  saved["adam-steps"] = adam_.steps();
  saved["best-score"] = to_json(best_score_);
  saved["best"] = to_json(best_);
}

void GradientTraining::restore_from(const Json& saved, AttemptStatus status) {
  if (status == AttemptStatus::polishing) {
    throw Error(ErrorKind::data, "a saved attempt by gradient cannot be polishing");
  }
  parameters_ = floats_from(saved.at("parameters"));
  best_score_ = score_from(saved.at("best-score"));
  best_ = floats_from(saved.at("best"));
  const std::size_t size = soft_.parameters();
  if (parameters_.size() != size || (!best_.empty() && best_.size() != size)) {
    throw Error(ErrorKind::data, "the parameters of a saved attempt are of another machine");
  }
  if (!are_finite(best_) || (status != AttemptStatus::diverged && !is_finite())) {
    throw Error(ErrorKind::data, "the parameters of a saved attempt are not finite");
  }
  adam_.restore(floats_from(saved.at("adam-first")), floats_from(saved.at("adam-second")),
                count_from(saved.at("adam-steps")));
}

}  // namespace nram
