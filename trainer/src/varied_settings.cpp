#include "varied_settings.hpp"

#include <cmath>

#include <nram/trainer/random.hpp>

namespace nram {

Settings varied_settings(const Settings& settings, std::uint64_t number) {
  Settings varied = settings;
  if (!settings.vary) {
    return varied;
  }
  Random random(settings.seed, ~number);  // a stream that no attempt uses
  varied.learning_rate *= std::exp2(2.0 * random.uniform() - 1.0);
  varied.step_price *= std::exp2(2.0 * random.uniform());
  varied.slack_steps *= static_cast<unsigned>(random.between(1, 3));
  // Programs that leave other cells alone are those that look where the data ends, which is what
  // they need for stopping there.
  varied.preserve = settings.preserve || random.chance(0.75);
  varied.preserve_weight *= std::pow(10.0, -random.uniform());
  return varied;
}

}  // namespace nram
