#pragma once

// The best candidates of an attempt's annealing runs, from which later runs start.

#include "discrete/candidate.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include <nram/trainer/random.hpp>

namespace nram::discrete {

struct Elite {
  double cost = 0.0;
  Candidate candidate;
};

struct ElitePoolSettings {
  std::size_t size = 12;
  unsigned rivals = 3;     ///< of a tournament
  unsigned patience = 60;  ///< candidates offered without a new best, before the pool is emptied
};

/// Candidates of different costs. Its owner says what a candidate costs, as that changes with the
/// examples and their weights.
class ElitePool {
 public:
  using Cost = std::function<double(const Candidate&)>;

  explicit ElitePool(const ElitePoolSettings& settings = {}) : settings_(settings) {}

  [[nodiscard]] std::span<const Elite> elites() const { return elites_; }
  [[nodiscard]] bool is_full() const { return elites_.size() >= settings_.size; }
  /// The lowest cost since the pool was filled or evaluated last.
  [[nodiscard]] double best_cost() const { return best_cost_; }
  /// How many were offered since the last new best.
  [[nodiscard]] unsigned stale() const { return stale_; }

  /// The cheapest of some drawn at random. Precondition: the pool is not empty.
  const Elite& tournament(Random& random) const;

  /// Takes it while there is room; then in the place of the most expensive one, if that costs more
  /// and none costs the same (candidates of equal cost are mostly variants of one). Empties the
  /// pool when there has been no new best for long.
  void offer(const Elite& elite);

  /// Asks for all costs anew.
  void evaluate(const Cost& cost);

  void clear();

  /// Puts back what the accessors said. Throws Error(data) if there are more than there is room
  /// for, or a cost is not a number.
  void restore(std::vector<Elite> elites, double best_cost, unsigned stale);

 private:
  ElitePoolSettings settings_;
  std::vector<Elite> elites_;
  double best_cost_ = 2.0;  // above every cost
  unsigned stale_ = 0;
};

}  // namespace nram::discrete
