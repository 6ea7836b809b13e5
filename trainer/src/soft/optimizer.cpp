#include "soft/optimizer.hpp"

#include "instruction_set/instruction_set.hpp"
#include "instruction_set/targets.hpp"

#include <array>
#include <cmath>
#include <numbers>

#include <nram/engine/error.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "soft/optimizer.cpp"
#include <hwy/foreach_target.h>
// For each instruction set:
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace nram::HWY_NAMESPACE {

// Update number `steps`. Raw pointers let the compiler see that the arrays do not overlap.
void adam_step(const AdamSettings& settings, std::uint64_t steps, std::size_t size,
               const float* __restrict g, float* __restrict m, float* __restrict v,
               float* __restrict p) {
  const auto beta1 = static_cast<float>(settings.beta1);
  const auto beta2 = static_cast<float>(settings.beta2);
  const auto epsilon = static_cast<float>(settings.epsilon);
  const auto rest1 = static_cast<float>(1.0 - settings.beta1);
  const auto rest2 = static_cast<float>(1.0 - settings.beta2);
  // The moments start at 0; dividing by these takes the bias out.
  const auto t = static_cast<double>(steps);
  const auto rate =
      static_cast<float>(settings.learning_rate / (1.0 - std::pow(settings.beta1, t)));
  const auto root = static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(settings.beta2, t)));
  for (std::size_t i = 0; i < size; ++i) {
    m[i] = beta1 * m[i] + rest1 * g[i];
    v[i] = beta2 * v[i] + rest2 * g[i] * g[i];
    p[i] -= rate * m[i] / (std::sqrt(v[i]) * root + epsilon);
  }
}

void clip(float* gradient, std::size_t size, float limit) {
  for (std::size_t i = 0; i < size; ++i) {
    const float g = gradient[i];
    gradient[i] = g > limit ? limit : (g < -limit ? -limit : g);
  }
}

double square_sum(const float* gradient, std::size_t size) {
  // Several sums at once: fixed order, yet vectors can be used.
  constexpr std::size_t width = 16;
  std::array<double, width> sums{};
  const std::size_t whole = size / width * width;
  for (std::size_t i = 0; i < whole; i += width) {
    for (std::size_t w = 0; w < width; ++w) {
      sums[w] += static_cast<double>(gradient[i + w]) * static_cast<double>(gradient[i + w]);
    }
  }
  double total = 0.0;
  for (std::size_t i = whole; i < size; ++i) {
    total += static_cast<double>(gradient[i]) * static_cast<double>(gradient[i]);
  }
  for (const double sum : sums) {
    total += sum;
  }
  return total;
}

void scale(float* gradient, std::size_t size, float factor) {
  for (std::size_t i = 0; i < size; ++i) {
    gradient[i] *= factor;
  }
}

}  // namespace nram::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace nram {

HWY_EXPORT(adam_step);
HWY_EXPORT(clip);
HWY_EXPORT(square_sum);
HWY_EXPORT(scale);

Adam::Adam(std::size_t parameters, const AdamSettings& settings)
    : settings_(settings), first_(parameters), second_(parameters) {}

void Adam::step(std::span<float> parameters, std::span<const float> gradient) {
  ++steps_;
  heed_environment();
  HWY_DYNAMIC_DISPATCH(adam_step)
  (settings_, steps_, first_.size(), gradient.data(), first_.data(), second_.data(),
   parameters.data());
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
  if (limit <= 0.0F) {
    return;
  }
  heed_environment();
  HWY_DYNAMIC_DISPATCH(clip)(gradient.data(), gradient.size(), limit);
}

double clip_norm(std::span<float> gradient, double limit) {
  heed_environment();
  const double norm = std::sqrt(HWY_DYNAMIC_DISPATCH(square_sum)(gradient.data(), gradient.size()));
  if (limit > 0.0 && norm > limit && std::isfinite(norm)) {
    HWY_DYNAMIC_DISPATCH(scale)(gradient.data(), gradient.size(), static_cast<float>(limit / norm));
  }
  return norm;
}

void add_gradient_noise(std::span<float> gradient, double scale, double decay,
                        std::uint64_t iteration, Random& random) {
  if (scale <= 0.0) {
    return;
  }
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
#endif
