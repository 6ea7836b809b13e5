#pragma once

// Iterated local search with gradient descent as the local search: what is kept of what has been
// learned, and when an attempt ends.

#include "attempt_plan.hpp"
#include "storage/saved_state.hpp"

#include <cstdint>
#include <limits>

#include <nram/trainer/random.hpp>

namespace nram {

/// A round learns anew, in stages, what a disturbance has made one forget. It does not know what is
/// learned, only what it costs.
class IteratedSearch {
 public:
  enum class Verdict {
    go_on,     ///< with the next stage of the round
    keep,      ///< the round has ended, and its result takes the place of the last one kept
    drop,      ///< the round has ended, its result is worse than that
    diverged,  ///< nothing has been learned, and nothing had been before
  };

  explicit IteratedSearch(const AutomatonPlan& plan) : plan_(plan) {}

  /// A stage has ended with `cost` (infinite: it has diverged). After keep and drop, begin_round().
  Verdict end_stage(double cost, Random& random);

  /// What has been kept costs this on longer examples. Whatever comes next is a new best.
  void lengthen(double cost);

  /// Counts the round that has ended and begins the next one.
  void begin_round();

  /// Of the round under way; more for learning from nothing.
  [[nodiscard]] unsigned stages() const;
  /// Of what was kept last; infinite before.
  [[nodiscard]] double cost() const { return cost_; }
  /// Rounds without a new best.
  [[nodiscard]] unsigned stale() const { return stale_; }

  /// Adds the state to what an attempt saves; puts it back. The latter throws Error(data) if there
  /// is no such stage, or none of the costs.
  void save_to(Json& saved) const;
  void restore_from(const Json& saved);

 private:
  static constexpr double infinity = std::numeric_limits<double>::infinity();

  AutomatonPlan plan_;
  double cost_ = infinity;
  double best_cost_ = infinity;
  unsigned stage_ = 0;
  unsigned stale_ = 0;
};

}  // namespace nram
