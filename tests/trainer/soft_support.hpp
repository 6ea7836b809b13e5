// What the soft machine's tests share: random lane groups and parameters, and the engine in any
// precision.

#pragma once

#include "soft/engine.hpp"

#include <vector>

#include <nram/trainer/random.hpp>
#include <nram/trainer/soft_machine.hpp>

namespace nram::soft_test {

inline constexpr unsigned lanes = LaneGroup::lanes;

/// A cost that has all its terms.
inline CostSettings all_terms() {
  CostSettings settings;
  settings.ponder_cost = 0.3;
  settings.entropy_bonus = 0.7;
  settings.gini = 0.4;
  return settings;
}

/// A group with `used` lanes of random memory, registers, expected values, weights (some 0) and
/// scales; the other lanes are unused.
inline LaneGroup random_group(unsigned modulus, unsigned steps, unsigned registers, unsigned used,
                              Random& random) {
  LaneGroup group(modulus, steps, registers);
  for (unsigned lane = 0; lane < used; ++lane) {
    for (unsigned i = 0; i < modulus; ++i) {
      const std::size_t at = i * LaneGroup::lanes + lane;
      group.initial_memory[at] = static_cast<std::uint16_t>(random.below(modulus));
      group.expected[at] = static_cast<std::uint16_t>(random.below(modulus));
      if (random.chance(0.7)) {
        group.weight[at] = 0.5F + static_cast<float>(random.uniform());
        group.is_result[at] = 1;
      }
    }
    for (unsigned r = 0; r < registers; ++r) {
      group.initial_registers[r * LaneGroup::lanes + lane] =
          static_cast<std::uint16_t>(random.below(modulus));
    }
    group.scale[lane] = 0.2F + static_cast<float>(random.uniform());
  }
  return group;
}

template <typename T>
std::vector<T> random_parameters(std::size_t size, double deviation, Random& random) {
  std::vector<T> parameters(size);
  for (T& p : parameters) {
    p = static_cast<T>(deviation * random.normal());
  }
  return parameters;
}

/// Sum of the lanes' costs.
template <typename T>
double total_cost(const soft::SoftEngine<T>& engine, const std::vector<T>& parameters,
                  const LaneGroup& group, const CostSettings& settings, soft::Tape<T>& tape) {
  GroupResult result;
  engine.forward(parameters.data(), group, settings, tape, result, false);
  double cost = 0.0;
  for (const double c : result.cost) {
    cost += c;
  }
  return cost;
}

/// The gradient of total_cost.
template <typename T>
std::vector<T> gradient_of(const soft::SoftEngine<T>& engine, const std::vector<T>& parameters,
                           const LaneGroup& group, const CostSettings& settings,
                           soft::Tape<T>& tape) {
  std::vector<T> gradient(parameters.size());
  total_cost(engine, parameters, group, settings, tape);
  engine.backward(group, settings, tape, gradient.data());
  return gradient;
}

}  // namespace nram::soft_test
