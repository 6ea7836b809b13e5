#include "soft/optimizer.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <nram/engine/error.hpp>

namespace nram {
namespace {

TEST_CASE("Adam follows the numbers worked out by hand") {
  // learning rate 0.1, gradients 2, then -1, for a parameter that starts at 1:
  //   m = 0.2, v = 0.004: mean 2, mean square 4,            step 0.1 · 2/2 = 0.1
  //   m = 0.08, v = 0.004996: mean 0.08/0.19 = 0.42105263,
  //     mean square 0.004996/0.001999 = 2.49924962, root 1.58090152,
  //     step 0.1 · 0.42105263/1.58090152 = 0.02663371
  Adam adam(1, {0.1});
  std::vector<float> parameter{1.0F};
  adam.step(parameter, std::vector{2.0F});
  CHECK(parameter[0] == doctest::Approx(0.9).epsilon(1e-6));
  adam.step(parameter, std::vector{-1.0F});
  CHECK(parameter[0] == doctest::Approx(0.87336629).epsilon(1e-6));
  CHECK(adam.steps() == 2);
  CHECK(adam.first_moment()[0] == doctest::Approx(0.08));
  CHECK(adam.second_moment()[0] == doctest::Approx(0.004996));
}

TEST_CASE("Adam agrees with the published algorithm over many steps") {
  const AdamSettings settings{0.02, 0.8, 0.99, 1e-3};
  constexpr std::size_t size = 37;
  Random random(1);
  std::vector<float> parameters(size);
  std::vector<double> wanted(size);
  std::vector<double> m(size);
  std::vector<double> v(size);
  Adam adam(size, settings);
  for (int t = 1; t <= 200; ++t) {
    std::vector<float> gradient(size);
    for (std::size_t i = 0; i < size; ++i) {
      gradient[i] = static_cast<float>(random.normal());
      const double g = gradient[i];
      m[i] = settings.beta1 * m[i] + (1 - settings.beta1) * g;
      v[i] = settings.beta2 * v[i] + (1 - settings.beta2) * g * g;
      const double mean = m[i] / (1 - std::pow(settings.beta1, t));
      const double square = v[i] / (1 - std::pow(settings.beta2, t));
      wanted[i] -= settings.learning_rate * mean / (std::sqrt(square) + settings.epsilon);
    }
    adam.step(parameters, gradient);
  }
  for (std::size_t i = 0; i < size; ++i) {
    CHECK(std::abs(double{parameters[i]} - wanted[i]) < 2e-5);
  }
}

TEST_CASE("Adam goes on from its state to the same bits") {
  Random random(2);
  std::vector<float> a(21);
  std::vector<float> gradient(21);
  Adam whole(21, {});
  Adam rest(21, {});
  std::vector<float> b;
  for (int t = 0; t < 10; ++t) {
    for (float& g : gradient) {
      g = static_cast<float>(random.normal());
    }
    if (t == 4) {
      rest.restore(whole.first_moment(), whole.second_moment(), whole.steps());
      b = a;
    }
    whole.step(a, gradient);
    if (t >= 4) {
      rest.step(b, gradient);
    }
  }
  CHECK(a == b);
  CHECK_THROWS_AS(rest.restore({}, {}, 1), Error);
}

TEST_CASE("clipping limits components or the norm") {
  std::vector<float> g{3.0F, -0.5F, -4.0F, std::numeric_limits<float>::quiet_NaN()};
  clip_elements(g, 2.0F);
  CHECK(g[0] == 2.0F);
  CHECK(g[1] == -0.5F);
  CHECK(g[2] == -2.0F);
  CHECK(std::isnan(g[3]));

  std::vector<float> h(33);
  h[0] = 3.0F;
  h[32] = -4.0F;
  CHECK(clip_norm(h, 10.0) == doctest::Approx(5.0));
  CHECK(h[0] == 3.0F);
  CHECK(clip_norm(h, 1.0) == doctest::Approx(5.0));
  CHECK(h[0] == doctest::Approx(0.6));
  CHECK(h[32] == doctest::Approx(-0.8));
  clip_norm(h, 0.0);  // no limit
  CHECK(h[32] == doctest::Approx(-0.8));
  clip_elements(h, 0.0F);
  CHECK(h[32] == doctest::Approx(-0.8));
  h[1] = std::numeric_limits<float>::infinity();
  CHECK(std::isinf(clip_norm(h, 1.0)));
  CHECK(h[0] == doctest::Approx(0.6));
}

TEST_CASE("gradient noise has the deviation asked for and depends on nothing but the generator") {
  std::vector<float> a(20001);
  std::vector<float> b(20001);
  Random first(3);
  Random second(3);
  add_gradient_noise(a, 0.5, 0.55, 9, first);
  add_gradient_noise(b, 0.5, 0.55, 9, second);
  CHECK(a == b);
  add_gradient_noise(b, 0.0, 0.55, 9, second);
  CHECK(a == b);
  CHECK(first.next() == second.next());
  double sum = 0.0;
  double squares = 0.0;
  for (const float x : a) {
    sum += double{x};
    squares += double{x} * double{x};
  }
  const double deviation = 0.5 / std::pow(10.0, 0.55);
  CHECK(std::abs(sum / 20001) < 4 * deviation / std::sqrt(20001.0));
  CHECK(std::sqrt(squares / 20001) == doctest::Approx(deviation).epsilon(0.03));
}

}  // namespace
}  // namespace nram
