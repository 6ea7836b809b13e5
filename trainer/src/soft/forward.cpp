// The forward pass: T steps, then the cost.

#include "instruction_set/targets.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "soft/forward.cpp"
#include <hwy/foreach_target.h>
// For each instruction set:
#include "soft/float_lanes.hpp"
#include "soft/lane_engine.hpp"
#include "soft/mixing.hpp"

HWY_BEFORE_NAMESPACE();
namespace nram::soft::HWY_NAMESPACE {

template <typename T>
void LaneEngine<T>::forward(const T* parameters, const LaneGroup& group,
                            const CostSettings& settings, Tape<T>& tape, GroupResult& result,
                            bool last_registers) const {
  prepare(group, tape);
  load(group, tape);
  const unsigned m = group.modulus;
  const unsigned registers = machine_.registers();
  const auto modules = static_cast<unsigned>(modules_.size());
  const std::size_t size = std::size_t{m} * float_lanes;
  const bool undecided = settings.entropy_bonus != 0 || settings.gini != 0;
  row(tape.indecision[0], 0) = row(tape.indecision[1], 0) = Lanes<T>{};

  tape.weights = std::visit(
      [&](const auto& controller) { return controller.weights(parameters, tape.weights_room); },
      controller_);
  for (unsigned t = 0; t < group.steps; ++t) {
    tape.before_step();
    T* state = tape.controller[t];
    for (unsigned r = 0; r < registers; ++r) {
      row(state, r) = row(tape.registers[t] + r * size, 0);
    }
    T* probabilities = tape.probabilities[t];
    std::visit(
        [&](const auto& controller) {
          controller.forward(tape.weights, t == 0 ? nullptr : tape.controller[t - 1], state,
                             probabilities);
        },
        controller_);
    for (unsigned s = 0; undecided && s < selectors_.size(); ++s) {
      add_indecision(probabilities + selector_offsets_[s], selectors_[s].size, tape.indecision[0],
                     tape.indecision[1]);
    }
    row(tape.finish[t], 0) = row(probabilities, layout_.finish);

    point_at_sources(m, t, tape);
    run_modules(m, t, tape);
    if (t + 1 < group.steps || last_registers) {
      mix(m, t, machine_.arguments(), registers, modules, tape, tape.registers[t + 1]);
    }
    if (settings.renormalise) {
      T* factors = tape.factors[t];
      if (t + 1 < group.steps || last_registers) {
        for (unsigned r = 0; r < registers; ++r) {
          renormalise(tape.registers[t + 1] + r * size, m, factors + r * float_lanes);
        }
      }
      for (unsigned i = 0; writes() && i < m; ++i) {
        renormalise(tape.memory[t + 1] + i * size, m, factors + (registers + i) * float_lanes);
      }
    }

    const T* memory = memory_after(t, tape);
    Lanes<T> loss = {};
    for (std::size_t c = 0; c * float_lanes < tape.targets.size(); ++c) {
      const Lanes<T> p = gather(memory, tape.targets.data() + c * float_lanes);
      loss -= row(tape.weight[c], 0) * log<T>(at_least<T>(p, static_cast<T>(settings.log_floor)));
    }
    row(tape.loss[t], 0) = loss;
  }
  finish(group, settings, tape, result);
  score(group, tape, result);
}

template <typename T>
void LaneEngine<T>::run_modules(unsigned modulus, unsigned t, Tape<T>& tape) const {
  const std::size_t size = std::size_t{modulus} * float_lanes;
  for (unsigned q = 0; q < modules_.size(); ++q) {
    const PlannedModule& module = modules_[q];
    if (module.arity > 0) {
      mix(modulus, t, module.first_argument, module.arity, q, tape,
          tape.arguments[t] + module.first_argument * size);
      module.kernel->forward(call(q, modulus, t, tape));
    }
  }
}

// The mixtures that some selectors with the same candidates choose: all registers and the outputs
// of the first `modules` modules.
template <typename T>
void LaneEngine<T>::mix(unsigned modulus, unsigned t, unsigned first_selector, unsigned selectors,
                        unsigned modules, Tape<T>& tape, T* out) const {
  const unsigned registers = machine_.registers();
  const std::size_t size = std::size_t{modulus} * float_lanes;
  const auto before = sources_before(modules);
  for (unsigned s = 0; s < selectors;) {
    const unsigned outer = std::min(selectors - s, max_outer);
    std::array<const T*, max_outer> weights;
    std::array<T*, max_outer> outs;
    for (unsigned o = 0; o < outer; ++o) {
      weights[o] = tape.probabilities[t] + selector_offsets_[first_selector + s + o];
      outs[o] = out + (s + o) * size;
    }
    combine<T>({outer, weights.data(), registers + before.full, full_.data(), tape.full.data()},
               modulus, outs.data());
    for (unsigned o = 0; o < outer; ++o) {
      const auto weight = [&](unsigned q) { return row(weights[o], registers + q); };
      for (unsigned k = 0; k < before.binary; ++k) {
        const T* truth = tape.binary[k];
        row(outs[o], 0) += weight(binary_modules_[k]) * row(truth, 0);
        row(outs[o], 1) += weight(binary_modules_[k]) * row(truth, 1);
      }
      for (unsigned k = 0; k < before.constant; ++k) {
        row(outs[o], tape.constants[k]) += weight(constant_modules_[k]);
      }
    }
    s += outer;
  }
}

namespace {

// Σ_t p_t·loss_t.
template <typename T>
Lanes<T> expected_loss(unsigned steps, Tape<T>& tape) {
  Lanes<T> cost = {};
  for (unsigned t = 0; t < steps; ++t) {
    const Lanes<T> share = row(tape.share[t], 0);
    cost += share * row(tape.loss[t], 0);
    row(tape.blame[t], 0) = share;
    row(tape.slope[t], 0) = row(tape.loss[t], 0);
  }
  return cost;
}

// −log Σ_t q_t·exp(−loss_t), where q is p with a share of it spread evenly over the steps.
template <typename T>
Lanes<T> marginal(unsigned steps, const CostSettings& settings, Tape<T>& tape) {
  const T any_time = static_cast<T>(settings.any_time);
  const T even = any_time / static_cast<T>(steps);
  Lanes<T> least = row(tape.loss[0], 0);
  for (unsigned t = 1; t < steps; ++t) {
    const Lanes<T> loss = row(tape.loss[t], 0);
    least = select(loss < least, loss, least);
  }
  Lanes<T> sum = {};
  for (unsigned t = 0; t < steps; ++t) {
    // Likelihoods in units of the largest, so that they do not all vanish.
    const Lanes<T> likelihood = exp<T>(least - row(tape.loss[t], 0));
    row(tape.slope[t], 0) = likelihood;
    row(tape.blame[t], 0) = ((T(1) - any_time) * row(tape.share[t], 0) + even) * likelihood;
    sum += row(tape.blame[t], 0);
  }
  sum = at_least<T>(sum, std::numeric_limits<T>::min());
  for (unsigned t = 0; t < steps; ++t) {
    row(tape.blame[t], 0) = row(tape.blame[t], 0) / sum;
    row(tape.slope[t], 0) = (any_time - T(1)) * row(tape.slope[t], 0) / sum;
  }
  return least - log<T>(sum);
}

}  // namespace

template <typename T>
void LaneEngine<T>::finish(const LaneGroup& group, const CostSettings& settings, Tape<T>& tape,
                           GroupResult& result) const {
  const unsigned steps = group.steps;
  const Lanes<T> scale = row(tape.scale[0], 0);
  row(tape.alive[0], 0) = broadcast(T(1));
  Lanes<T> cost = {};
  Lanes<T> expected_steps = {};
  for (unsigned t = 0; t < steps; ++t) {
    const Lanes<T> alive = row(tape.alive[t], 0);
    // Whoever is still running after the last step finishes there.
    const Lanes<T> share = t + 1 < steps ? alive * row(tape.finish[t], 0) : alive;
    row(tape.alive[t + 1], 0) = alive - share;
    row(tape.share[t], 0) = share;
    expected_steps += share * static_cast<T>(t + 1);
  }
  cost += settings.form == CostForm::expected ? expected_loss(steps, tape)
                                              : marginal(steps, settings, tape);
  const T mean = T(1) / static_cast<T>(steps * selectors_.size());
  cost += static_cast<T>(settings.ponder_cost) * expected_steps -
          static_cast<T>(settings.entropy_bonus) * mean * row(tape.indecision[0], 0) +
          static_cast<T>(settings.gini) * mean * row(tape.indecision[1], 0);
  result = GroupResult{};
  for (unsigned l = 0; l < float_lanes; ++l) {
    if (scale[l] != T(0)) {
      result.cost[l] = static_cast<double>(scale[l] * cost[l]);
      result.expected_steps[l] = static_cast<double>(expected_steps[l]);
      result.finite = result.finite && std::isfinite(result.cost[l]);
    }
  }
}

// Compares the most probable value of each result cell in Σ_t p_t·mem_t with the expected one.
template <typename T>
void LaneEngine<T>::score(const LaneGroup& group, Tape<T>& tape, GroupResult& result) const {
  const unsigned m = group.modulus;
  for (const unsigned i : tape.result_cells) {
    Lanes<T> best = broadcast(T(-1));
    Lanes<T> best_value = {};
    constexpr unsigned width = 4;
    for (unsigned v = 0; v < m; v += width) {
      // The last values are computed twice if M is no multiple of the width: that changes nothing.
      const unsigned first = v + width <= m ? v : (m >= width ? m - width : 0);
      const unsigned count = std::min(width, m);
      Lanes<T> sum[width] = {};
      for (unsigned t = 0; t < group.steps; ++t) {
        const T* cell = memory_after(t, tape) + (std::size_t{i} * m + first) * float_lanes;
        const Lanes<T> share = row(tape.share[t], 0);
        for (unsigned w = 0; w < count; ++w) {
          sum[w] += share * row(cell, w);
        }
      }
      for (unsigned w = 0; w < count; ++w) {
        const auto better = sum[w] > best;
        best = select(better, sum[w], best);
        best_value = select(better, broadcast(static_cast<T>(first + w)), best_value);
      }
    }
    for (unsigned l = 0; l < float_lanes; ++l) {
      const std::size_t at = std::size_t{i} * float_lanes + l;
      if (group.is_result[at] != 0 && group.scale[l] != 0.0F) {
        ++result.result_cells[l];
        result.right_cells[l] += best_value[l] == static_cast<T>(group.expected[at]) ? 1U : 0U;
      }
    }
  }
}

#define NRAM_INSTANTIATE(T)                                                                       \
  template void LaneEngine<T>::forward(const T*, const LaneGroup&, const CostSettings&, Tape<T>&, \
                                       GroupResult&, bool) const;
NRAM_INSTANTIATE(float)
NRAM_INSTANTIATE(double)
#undef NRAM_INSTANTIATE

}  // namespace nram::soft::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
