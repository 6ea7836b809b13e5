// The backward pass through time: the forward pass's steps in reverse, each module's gradient
// pulled from the selectors that can choose its output.

#include "instruction_set/targets.hpp"

#include <algorithm>
#include <array>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "soft/backward.cpp"
#include <hwy/foreach_target.h>
// For each instruction set:
#include "soft/float_lanes.hpp"
#include "soft/lane_engine.hpp"
#include "soft/mixing.hpp"

HWY_BEFORE_NAMESPACE();
namespace nram::soft::HWY_NAMESPACE {

// Long because it is the forward run line by line, from its end: to be read beside it.
// NOLINTBEGIN(readability-function-size)
template <typename T>
void LaneEngine<T>::backward(const LaneGroup& group, const CostSettings& settings, Tape<T>& tape,
                             T* gradient) const {
  const unsigned m = group.modulus;
  const unsigned registers = machine_.registers();
  const unsigned arguments = machine_.arguments();
  const auto modules = static_cast<unsigned>(modules_.size());
  const std::size_t size = std::size_t{m} * float_lanes;
  const bool undecided = settings.entropy_bonus != 0 || settings.gini != 0;

  finish_gradient(group, settings, tape);
  const T mean = T(1) / static_cast<T>(group.steps * selectors_.size());
  row(tape.indecision[0], 0) =
      row(tape.scale[0], 0) * (static_cast<T>(settings.entropy_bonus) * mean);
  row(tape.indecision[1], 0) = row(tape.scale[0], 0) * (static_cast<T>(settings.gini) * mean);
  std::fill_n(tape.memory_gradient.data(), m * size, T(0));
  std::visit(
      [&](const auto& controller) {
        std::fill_n(tape.carry.data(), std::size_t{controller.carry_rows()} * float_lanes, T(0));
      },
      controller_);

  for (unsigned t = group.steps; t-- > 0;) {
    tape.before_step();
    // Nobody looks at the registers after the last step.
    const bool last = t + 1 == group.steps;
    const unsigned selectors = last ? arguments : arguments + registers;
    T* new_registers = tape.selector_gradient[std::size_t{arguments} * m];
    if (!last) {
      std::copy_n(tape.register_gradient.data(), registers * size, new_registers);
    }
    cell_gradient(t, settings, tape);
    if (settings.renormalise) {
      const T* factors = tape.factors[t];
      for (unsigned r = 0; !last && r < registers; ++r) {
        renormalise_gradient(tape.registers[t + 1] + r * size, m, factors + r * float_lanes,
                             new_registers + r * size);
      }
      for (unsigned i = 0; writes() && i < m; ++i) {
        renormalise_gradient(tape.memory[t + 1] + i * size, m,
                             factors + (registers + i) * float_lanes,
                             tape.memory_gradient.data() + i * size);
      }
    }

    point_at_sources(m, t, tape);
    run_modules_back(m, t, selectors, tape);
    sources_gradient(m, t, 0, registers, 0, selectors, m, tape, tape.register_gradient.data());

    // The selectors' weights; those of the registers do not matter in the last step.
    T* probabilities = tape.probabilities[t];
    if (last) {
      std::fill_n(tape.probability_gradient[0], std::size_t{layout_.outputs} * float_lanes, T(0));
    } else {
      weights_gradient(m, arguments, registers, modules, tape);
    }
    for (unsigned q = 0; q < modules; ++q) {
      if (modules_[q].arity > 0) {
        weights_gradient(m, modules_[q].first_argument, modules_[q].arity, q, tape);
      }
    }
    for (unsigned s = 0; undecided && s < selectors_.size(); ++s) {
      add_indecision_gradient(probabilities + selector_offsets_[s], selectors_[s].size,
                              tape.indecision[0], tape.indecision[1],
                              tape.probability_gradient.data() + selector_offsets_[s]);
    }
    row(tape.probability_gradient[layout_.finish], 0) = row(tape.finish[t], 0);

    std::visit(
        [&](const auto& controller) {
          controller.backward(tape.weights, t == 0 ? nullptr : tape.controller[t - 1],
                              tape.controller[t], probabilities, tape.probability_gradient.data(),
                              tape.carry.data(), tape.scratch.data(), tape.input_gradient.data());
        },
        controller_);
    for (unsigned r = 0; r < registers; ++r) {
      row(tape.register_gradient.data() + r * size, 0) += row(tape.input_gradient.data(), r);
    }
  }
  std::visit(
      [&](const auto& controller) {
        controller.weight_gradients(tape.weights, group.steps, tape.controller[0],
                                    tape.controller.stride(), tape.probabilities[0],
                                    tape.probabilities.stride(), tape.scratch.data(), gradient);
      },
      controller_);
}
// NOLINTEND(readability-function-size)

// Replaces f_t by its gradient, for all steps. With alive_{t+1} = alive_t (1 - f_t)
// and p_t = alive_t f_t, going backwards, `later` is the gradient of alive_{t+1}.
template <typename T>
void LaneEngine<T>::finish_gradient(const LaneGroup& group, const CostSettings& settings,
                                    Tape<T>& tape) const {
  const auto share_gradient = [&](unsigned t) {
    return row(tape.scale[0], 0) *
           (row(tape.slope[t], 0) + static_cast<T>(settings.ponder_cost) * static_cast<T>(t + 1));
  };
  unsigned t = group.steps - 1;
  Lanes<T> later = share_gradient(t);
  row(tape.finish[t], 0) = Lanes<T>{};
  while (t-- > 0) {
    const Lanes<T> f = row(tape.finish[t], 0);
    const Lanes<T> now = share_gradient(t);
    row(tape.finish[t], 0) = row(tape.alive[t], 0) * (now - later);
    later = f * now + (T(1) - f) * later;
  }
}

// Adds the gradient by way of −Σ_i w_i log mem_t[i][expected_i] to the memory's.
template <typename T>
void LaneEngine<T>::cell_gradient(unsigned t, const CostSettings& settings, Tape<T>& tape) const {
  const T* memory = memory_after(t, tape);
  T* gradient = tape.memory_gradient.data();
  const Lanes<T> factor = row(tape.scale[0], 0) * row(tape.blame[t], 0);
  const T floor = static_cast<T>(settings.log_floor);
  for (std::size_t c = 0; c * float_lanes < tape.targets.size(); ++c) {
    const std::uint32_t* target = tape.targets.data() + c * float_lanes;
    const Lanes<T> p = gather(memory, target);
    const Lanes<T> d = factor * row(tape.weight[c], 0) / p;
    const Lanes<T> slope = select(p < broadcast(floor), Lanes<T>{}, d);
    for (unsigned l = 0; l < float_lanes; ++l) {
      gradient[target[l]] -= slope[l];
    }
  }
}

template <typename T>
void LaneEngine<T>::run_modules_back(unsigned modulus, unsigned t, unsigned selectors,
                                     Tape<T>& tape) const {
  for (auto q = static_cast<unsigned>(modules_.size()); q-- > 0;) {
    const PlannedModule& module = modules_[q];
    if (module.arity == 0) {
      continue;
    }
    if (module.support != Support::constant) {
      const unsigned rows = module.support == Support::binary ? 2 : modulus;
      sources_gradient(modulus, t, machine_.output_of(q), 1, module.first_argument + module.arity,
                       selectors, rows, tape, tape.output_gradient.data());
    }
    ModuleGradient<T> gradient;
    gradient.out = tape.output_gradient.data();
    gradient.a = tape.selector_gradient[std::size_t{module.first_argument} * modulus];
    gradient.b = gradient.a + std::size_t{modulus} * float_lanes;
    gradient.memory = tape.memory_gradient.data();
    module.kernel->backward(call(q, modulus, t, tape), gradient);
  }
}

// The gradient of the first `rows` values of some neighbouring sources, from the selectors
// first_selector .. selectors-1, which all can choose them.
template <typename T>
void LaneEngine<T>::sources_gradient(unsigned modulus, unsigned t, unsigned source,
                                     unsigned sources, unsigned first_selector, unsigned selectors,
                                     unsigned rows, Tape<T>& tape, T* out) const {
  for (unsigned s = 0; s < sources;) {
    const unsigned outer = std::min(sources - s, max_outer);
    std::array<const T*, max_outer> weights;
    std::array<T*, max_outer> outs;
    for (unsigned o = 0; o < outer; ++o) {
      weights[o] = tape.probabilities[t] + std::size_t{source + s + o} * float_lanes;
      outs[o] = out + std::size_t{s + o} * modulus * float_lanes;
    }
    combine<T>({outer, weights.data(), selectors - first_selector,
                selector_offsets_.data() + first_selector, tape.selected.data() + first_selector},
               rows, outs.data());
    s += outer;
  }
}

// The gradient of the weights of some selectors that share their candidates; the counterpart of
// mix().
template <typename T>
void LaneEngine<T>::weights_gradient(unsigned modulus, unsigned first_selector, unsigned selectors,
                                     unsigned modules, Tape<T>& tape) const {
  const unsigned registers = machine_.registers();
  const auto before = sources_before(modules);
  for (unsigned s = 0; s < selectors;) {
    const unsigned outer = std::min(selectors - s, max_outer);
    std::array<T*, max_outer> gradient;
    for (unsigned o = 0; o < outer; ++o) {
      gradient[o] = tape.probability_gradient.data() + selector_offsets_[first_selector + s + o];
    }
    const T* const* outs = tape.selected.data() + first_selector + s;
    combine_gradient<T>({outer, nullptr, registers + before.full, full_.data(), tape.full.data()},
                        modulus, outs, gradient.data());
    for (unsigned o = 0; o < outer; ++o) {
      for (unsigned k = 0; k < before.binary; ++k) {
        const T* truth = tape.binary[k];
        row(gradient[o], registers + binary_modules_[k]) =
            row(outs[o], 0) * row(truth, 0) + row(outs[o], 1) * row(truth, 1);
      }
      for (unsigned k = 0; k < before.constant; ++k) {
        row(gradient[o], registers + constant_modules_[k]) = row(outs[o], tape.constants[k]);
      }
    }
    s += outer;
  }
}

#define NRAM_INSTANTIATE(T) \
  template void LaneEngine<T>::backward(const LaneGroup&, const CostSettings&, Tape<T>&, T*) const;
NRAM_INSTANTIATE(float)
NRAM_INSTANTIATE(double)
#undef NRAM_INSTANTIATE

}  // namespace nram::soft::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
