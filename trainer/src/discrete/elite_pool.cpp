#include "discrete/elite_pool.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <nram/engine/error.hpp>

namespace nram::discrete {

const Elite& ElitePool::tournament(Random& random) const {
  const Elite* winner = &elites_[random.below(elites_.size())];
  for (unsigned i = 1; i < settings_.rivals; ++i) {
    const Elite& rival = elites_[random.below(elites_.size())];
    winner = rival.cost < winner->cost ? &rival : winner;
  }
  return *winner;
}

void ElitePool::offer(const Elite& elite) {
  const bool is_best = elites_.empty() || elite.cost < best_cost_;
  best_cost_ = is_best ? elite.cost : best_cost_;
  stale_ = is_best ? 0 : stale_ + 1;
  if (!is_full()) {
    elites_.push_back(elite);
  } else if (std::ranges::find(elites_, elite.cost, &Elite::cost) == elites_.end()) {
    const auto worst = std::ranges::max_element(elites_, {}, &Elite::cost);
    if (elite.cost < worst->cost) {
      *worst = elite;
    }
  }
  if (stale_ >= settings_.patience) {
    clear();
  }
}

void ElitePool::evaluate(const Cost& cost) {
  best_cost_ = std::numeric_limits<double>::infinity();
  for (Elite& elite : elites_) {
    elite.cost = cost(elite.candidate);
    best_cost_ = std::min(best_cost_, elite.cost);
  }
}

void ElitePool::clear() {
  elites_.clear();
  stale_ = 0;
}

void ElitePool::restore(std::vector<Elite> elites, double best_cost, unsigned stale) {
  const bool is_possible =
      elites.size() <= settings_.size && stale < settings_.patience && !std::isnan(best_cost) &&
      std::ranges::all_of(elites, [](const Elite& elite) { return std::isfinite(elite.cost); });
  if (!is_possible) {
    throw Error(ErrorKind::data, "a saved pool of candidates is not one");
  }
  elites_ = std::move(elites);
  best_cost_ = best_cost;
  stale_ = stale;
}

}  // namespace nram::discrete
