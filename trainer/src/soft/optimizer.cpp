#include "soft/optimizer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include <nram/engine/error.hpp>

namespace nram {

Adam::Adam(std::size_t parameters, const AdamSettings& settings)
    : settings_(settings), first_(parameters), second_(parameters) {}

void Adam::step(std::span<float> parameters, std::span<const float> gradient) {
  ++steps_;
  const auto beta1 = static_cast<float>(settings_.beta1);
  const auto beta2 = static_cast<float>(settings_.beta2);
  const auto epsilon = static_cast<float>(settings_.epsilon);
  const auto rest1 = static_cast<float>(1.0 - settings_.beta1);
  const auto rest2 = static_cast<float>(1.0 - settings_.beta2);
  // The moments start at 0; dividing by these takes the bias out.
  const auto t = static_cast<double>(steps_);
  const auto rate =
      static_cast<float>(settings_.learning_rate / (1.0 - std::pow(settings_.beta1, t)));
  const auto root = static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(settings_.beta2, t)));
  // Raw pointers let the compiler see that the arrays do not overlap.
  float* __restrict p = parameters.data();
  const float* __restrict g = gradient.data();
  float* __restrict m = first_.data();
  float* __restrict v = second_.data();
  for (std::size_t i = 0; i < first_.size(); ++i) {
    m[i] = beta1 * m[i] + rest1 * g[i];
    v[i] = beta2 * v[i] + rest2 * g[i] * g[i];
    p[i] -= rate * m[i] / (std::sqrt(v[i]) * root + epsilon);
  }
}

void Adam::restore(std::vector<float> first, std::vector<float> second, std::uint64_t steps) {
  if (first.size() != first_.size() || second.size() != second_.size()) {
    throw Error(ErrorKind::data, "the optimiser's state does not fit the number of parameters");
  }
  first_ = std::move(first);
  second_ = std::move(second);
  steps_ = steps;
}

void clip_elements(std::span<float> gradient, float limit) {
  for (float& g : gradient) {
    g = g > limit ? limit : (g < -limit ? -limit : g);
  }
}

double clip_norm(std::span<float> gradient, double limit) {
  // Several sums at once: fixed order, yet vectors can be used.
  constexpr std::size_t width = 16;
  std::array<double, width> sums{};
  const std::size_t whole = gradient.size() / width * width;
  for (std::size_t i = 0; i < whole; i += width) {
    for (std::size_t w = 0; w < width; ++w) {
      sums[w] += static_cast<double>(gradient[i + w]) * static_cast<double>(gradient[i + w]);
    }
  }
  double total = 0.0;
  for (std::size_t i = whole; i < gradient.size(); ++i) {
    total += static_cast<double>(gradient[i]) * static_cast<double>(gradient[i]);
  }
  for (const double sum : sums) {
    total += sum;
  }
  const double norm = std::sqrt(total);
  if (norm > limit && std::isfinite(norm)) {
    const auto factor = static_cast<float>(limit / norm);
    for (float& g : gradient) {
      g *= factor;
    }
  }
  return norm;
}

void add_gradient_noise(std::span<float> gradient, double scale, double decay,
                        std::uint64_t iteration, Random& random) {
  const double deviation = scale / std::pow(1.0 + static_cast<double>(iteration), decay);
  // Box and Muller: two uniform numbers make two normal ones.
  for (std::size_t i = 0; i < gradient.size(); i += 2) {
    const double radius = deviation * std::sqrt(-2.0 * std::log(1.0 - random.uniform()));
    const double angle = 2.0 * std::numbers::pi * random.uniform();
    gradient[i] += static_cast<float>(radius * std::cos(angle));
    if (i + 1 < gradient.size()) {
      gradient[i + 1] += static_cast<float>(radius * std::sin(angle));
    }
  }
}

}  // namespace nram
