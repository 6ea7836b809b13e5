#include "attempts/iterated_search.hpp"

#include <cmath>

#include <nram/engine/error.hpp>

namespace nram {

unsigned IteratedSearch::stages() const {
  return std::isfinite(cost_) ? plan_.stages : plan_.first_stages;
}

IteratedSearch::Verdict IteratedSearch::end_stage(double cost, Random& random) {
  ++stage_;
  const bool from_nothing = !std::isfinite(cost_);
  const bool at_end = stage_ == stages();
  const bool hopeless = !std::isfinite(cost) ||
                        (!from_nothing && !at_end && cost > cost_ + plan_.most_worse[stage_ - 1]);
  if (!at_end && !hopeless) {
    return Verdict::go_on;
  }
  if (hopeless && from_nothing) {
    return Verdict::diverged;
  }
  const double tolerance = -plan_.temperature * std::log(1.0 - random.uniform());
  if (hopeless || cost >= cost_ + tolerance) {
    return Verdict::drop;
  }
  cost_ = cost;
  return Verdict::keep;
}

void IteratedSearch::lengthen(double cost) {
  cost_ = cost;
  best_cost_ = infinity;
}

void IteratedSearch::begin_round() {
  const bool improved = cost_ < best_cost_ - plan_.improvement;
  best_cost_ = improved ? cost_ : best_cost_;
  stale_ = improved ? 0 : stale_ + 1;
  stage_ = 0;
}

void IteratedSearch::save_to(Json& saved) const {
  saved["stage"] = stage_;
  saved["stale"] = stale_;
  saved["cost"] = exact(cost_);
  saved["best-cost"] = exact(best_cost_);
}

void IteratedSearch::restore_from(const Json& saved) {
  stage_ = static_cast<unsigned>(count_from(saved.at("stage"), ~0U));
  stale_ = static_cast<unsigned>(count_from(saved.at("stale"), ~0U));
  cost_ = exact_double(saved.at("cost"));
  best_cost_ = exact_double(saved.at("best-cost"));
  if (stage_ >= stages() || std::isnan(cost_) || std::isnan(best_cost_)) {
    throw Error(ErrorKind::data, "a saved attempt is in a stage of learning that does not exist");
  }
}

}  // namespace nram
