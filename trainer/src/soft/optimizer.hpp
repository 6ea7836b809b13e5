#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <nram/trainer/random.hpp>

namespace nram {

struct AdamSettings {
  double learning_rate = 0.01;
  double beta1 = 0.9;     ///< decay of the first moment, in [0, 1)
  double beta2 = 0.999;   ///< decay of the second moment, in [0, 1)
  double epsilon = 1e-8;  ///< > 0, added to the root of the second moment
};

/// The Adam optimiser (Kingma and Ba 2015), with the arithmetic of torch.optim.Adam. Its state is
/// plain vectors, so that a checkpoint can hold it.
class Adam {
 public:
  Adam(std::size_t parameters, const AdamSettings& settings);

  /// One update of the parameters. All spans have the length given at construction.
  void step(std::span<float> parameters, std::span<const float> gradient);

  [[nodiscard]] const AdamSettings& settings() const { return settings_; }
  void set_learning_rate(double learning_rate) { settings_.learning_rate = learning_rate; }

  // The state.
  [[nodiscard]] const std::vector<float>& first_moment() const { return first_; }
  [[nodiscard]] const std::vector<float>& second_moment() const { return second_; }
  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  /// Goes on from a state. Throws Error(data) if the vectors have the wrong length.
  void restore(std::vector<float> first, std::vector<float> second, std::uint64_t steps);

 private:
  AdamSettings settings_;
  std::vector<float> first_;
  std::vector<float> second_;
  std::uint64_t steps_ = 0;
};

/// Limits every component to [-limit, limit]; 0 is no limit. NaN stays NaN.
void clip_elements(std::span<float> gradient, float limit);

/// Scales the gradient so that its Euclidean norm is at most `limit`, 0 being no limit; returns the
/// norm it had. A norm that is not finite leaves the gradient alone.
double clip_norm(std::span<float> gradient, double limit);

/// Adds normal noise of standard deviation scale / (1 + iteration)^decay to every component
/// (Neelakantan et al. 2015; theirs is decay 0.275, as they give the variance an exponent of 0.55).
/// A scale of 0 is no noise, for which nothing is drawn.
void add_gradient_noise(std::span<float> gradient, double scale, double decay,
                        std::uint64_t iteration, Random& random);

}  // namespace nram
