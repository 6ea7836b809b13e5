#pragma once

// What attempts by gradient share: parameters that Adam moves, and the best of them as a hard
// program.

#include "attempts/attempt.hpp"
#include "soft/optimizer.hpp"

#include <span>
#include <vector>

#include <nram/trainer/soft_machine.hpp>

namespace nram {

/// Whether all parameters are finite numbers.
bool are_finite(std::span<const float> parameters);

/// What learning is to lower with these settings, whatever the arm.
CostSettings cost_settings(const Settings& settings);

class GradientTraining {
 public:
  /// `parallel` and `poll` as in SoftWorkspace.
  GradientTraining(SoftMachine soft, std::vector<float> parameters, double learning_rate,
                   bool parallel, Poll poll);

  [[nodiscard]] const SoftMachine& soft() const { return soft_; }
  [[nodiscard]] const std::vector<float>& parameters() const { return parameters_; }

  /// Cost and figures of a batch, no step.
  CostResult cost(std::span<const LaneGroup> batch, const CostSettings& settings);

  /// One step of Adam, `adjust` having had the gradient before. Without one if cost or gradient is
  /// not finite.
  template <typename Adjust>
  CostResult step(std::span<const LaneGroup> batch, const CostSettings& settings,
                  const Adjust& adjust) {
    const CostResult result =
        soft_.cost_and_gradient(parameters_, batch, settings, workspace_, gradient_);
    if (result.finite) {
      adjust(std::span(gradient_));
      adam_.step(parameters_, gradient_);
    }
    return result;
  }

  [[nodiscard]] bool is_finite() const { return are_finite(parameters_); }

  /// Goes on from other parameters, as if no step had been taken.
  void start_from(std::vector<float> parameters);

  /// The parameters whose program had the best score, and that; empty before the first.
  [[nodiscard]] const std::vector<float>& best() const { return best_; }
  [[nodiscard]] const Score& best_score() const { return best_score_; }

  /// Remembers the parameters if their program has passed, or has the best score so far. Returns
  /// whether it has passed.
  bool note(const AcceptanceResult& result);

  /// Adds parameters, moments and the best to what an attempt saves; puts them back. The latter
  /// throws Error(data) if they are of another machine, not finite though the attempt's status is
  /// not that it has diverged, or if that is no status of an attempt by gradient.
  void save_to(Json& saved) const;
  void restore_from(const Json& saved, AttemptStatus status);

 private:
  SoftMachine soft_;
  SoftWorkspace workspace_;
  double learning_rate_;
  Adam adam_;
  std::vector<float> parameters_;
  std::vector<float> gradient_;
  std::vector<float> best_;
  Score best_score_;
};

}  // namespace nram
