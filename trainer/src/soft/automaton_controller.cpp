#include "instruction_set/targets.hpp"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "soft/automaton_controller.cpp"
#include <hwy/foreach_target.h>
// For each instruction set:
#include "soft/automaton_controller.hpp"
#include "soft/controller.hpp"
#include "soft/float_lanes.hpp"
#include "soft/matmul.hpp"

HWY_BEFORE_NAMESPACE();
namespace nram::soft::HWY_NAMESPACE {
namespace {

template <typename T>
void softmax_of(const T* logits, std::size_t size, T* out) {
  const T top = *std::max_element(logits, logits + size);
  T sum = 0;
  for (std::size_t i = 0; i < size; ++i) {
    out[i] = std::exp(logits[i] - top);
    sum += out[i];
  }
  for (std::size_t i = 0; i < size; ++i) {
    out[i] /= sum;
  }
}

// Replaces the gradient of probabilities by that of their logits.
template <typename T>
void softmax_gradient_of(const T* probabilities, std::size_t size, T* gradient) {
  T mean = 0;
  for (std::size_t i = 0; i < size; ++i) {
    mean += probabilities[i] * gradient[i];
  }
  for (std::size_t i = 0; i < size; ++i) {
    gradient[i] = probabilities[i] * (gradient[i] - mean);
  }
}

// Σ_i weights[i] · rows[i]. Four sums at a time, so that they do not wait for each other.
template <typename T>
Lanes<T> dot(const T* weights, const T* rows, unsigned size) {
  constexpr unsigned width = 4;
  Lanes<T> sums[width] = {};
  unsigned i = 0;
  for (; i + width <= size; i += width) {
    for (unsigned w = 0; w < width; ++w) {
      sums[w] += weights[i + w] * row(rows, i + w);
    }
  }
  for (; i < size; ++i) {
    sums[0] += weights[i] * row(rows, i);
  }
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace

AutomatonController::AutomatonController(const Machine& machine, unsigned states)
    : layout_(machine, states),
      selectors_(selectors_of(layout_.selectors)),
      states_(layout_.registers),
      zeros_(states_ + states),
      rules_(zeros_ + states),
      zero_gradient_(rules_ + layout_.rules()),
      after_gradient_(zero_gradient_ + states) {}

template <typename Distribution, typename Finish>
void AutomatonController::for_each(const Distribution& what, const Finish& finish) const {
  for (unsigned s = 0; s < layout_.states; ++s) {
    what(layout_.look(s), layout_.registers);
  }
  for (unsigned e = 0; e < layout_.rules(); ++e) {
    what(layout_.next(e), layout_.states);
    for (const Selector& selector : selectors_) {
      what(layout_.rule(e) + selector.first, selector.size);
    }
    finish(layout_.rule(e) + layout_.selectors.finish);
  }
}

template <typename T>
const T* AutomatonController::weights(const T* parameters, std::vector<T>& room) const {
  room.resize(layout_.size());
  for_each([&](std::size_t first,
               unsigned size) { softmax_of(parameters + first, size, room.data() + first); },
           [&](std::size_t i) { room[i] = T(1) / (T(1) + std::exp(-parameters[i])); });
  return room.data();
}

template <typename T>
void AutomatonController::forward(const T* weights, const T* previous, T* state,
                                  T* probabilities) const {
  T* states = state + std::size_t{states_} * float_lanes;
  T* zeros = state + std::size_t{zeros_} * float_lanes;
  T* rules = state + std::size_t{rules_} * float_lanes;
  if (previous == nullptr) {
    std::fill_n(states, std::size_t{layout_.states} * float_lanes, T(0));
    row(states, 0) = broadcast(T(1));
  } else {
    transposed_product(weights + layout_.next(0), layout_.rules(), layout_.states,
                       previous + std::size_t{rules_} * float_lanes, states);
  }
  for (unsigned s = 0; s < layout_.states; ++s) {
    const Lanes<T> zero = dot(weights + layout_.look(s), state, layout_.registers);
    row(zeros, s) = zero;
    row(rules, std::size_t{2} * s) = row(states, s) * (T(1) - zero);
    row(rules, std::size_t{2} * s + 1) = row(states, s) * zero;
  }
  transposed_product(weights + layout_.rule(0), layout_.rules(), layout_.selectors.outputs, rules,
                     probabilities);
}

template <typename T>
void AutomatonController::backward(const T* weights, const T* /*previous*/, T* state,
                                   T* probabilities, const T* gradient, T* carry, T* /*scratch*/,
                                   T* input_gradient) const {
  const unsigned outputs = layout_.selectors.outputs;
  std::copy_n(gradient, std::size_t{outputs} * float_lanes, probabilities);
  T* after_gradient = state + std::size_t{after_gradient_} * float_lanes;
  std::copy_n(carry, std::size_t{layout_.states} * float_lanes, after_gradient);
  for (unsigned r = 0; r < layout_.registers; ++r) {
    row(input_gradient, r) = Lanes<T>{};
  }
  const auto rule_gradient = [&](unsigned rule) {
    return dot(weights + layout_.rule(rule), gradient, outputs) +
           dot(weights + layout_.next(rule), after_gradient, layout_.states);
  };
  for (unsigned s = 0; s < layout_.states; ++s) {
    const Lanes<T> zero = row(state, zeros_ + s);
    const Lanes<T> of_other = rule_gradient(2 * s);
    const Lanes<T> of_zero = rule_gradient(2 * s + 1);
    row(carry, s) = of_other * (T(1) - zero) + of_zero * zero;
    const Lanes<T> zero_gradient = (of_zero - of_other) * row(state, states_ + s);
    row(state, zero_gradient_ + s) = zero_gradient;
    for (unsigned r = 0; r < layout_.registers; ++r) {
      row(input_gradient, r) += weights[layout_.look(s) + r] * zero_gradient;
    }
  }
}

template <typename T>
void AutomatonController::weight_gradients(const T* weights, unsigned steps, const T* states,
                                           std::size_t state_stride, const T* gradients,
                                           std::size_t gradient_stride, T* /*scratch*/,
                                           T* gradient) const {
  const auto rows_at = [&](unsigned first) {
    return Steps<T>{states + std::size_t{first} * float_lanes, state_stride};
  };
  outer_gradient(layout_.states, layout_.registers, steps, rows_at(zero_gradient_), rows_at(0),
                 gradient + layout_.look(0));
  outer_gradient(layout_.rules(), layout_.states, steps, rows_at(rules_), rows_at(after_gradient_),
                 gradient + layout_.next(0));
  outer_gradient(layout_.rules(), layout_.selectors.outputs, steps, rows_at(rules_),
                 Steps<T>{gradients, gradient_stride}, gradient + layout_.rule(0));
  for_each([&](std::size_t first,
               unsigned size) { softmax_gradient_of(weights + first, size, gradient + first); },
           [&](std::size_t i) { gradient[i] *= weights[i] * (T(1) - weights[i]); });
}

#define NRAM_INSTANTIATE(T)                                                                        \
  template const T* AutomatonController::weights<T>(const T*, std::vector<T>&) const;              \
  template void AutomatonController::forward<T>(const T*, const T*, T*, T*) const;                 \
  template void AutomatonController::backward<T>(const T*, const T*, T*, T*, const T*, T*, T*, T*) \
      const;                                                                                       \
  template void AutomatonController::weight_gradients<T>(                                          \
      const T*, unsigned, const T*, std::size_t, const T*, std::size_t, T*, T*) const;
NRAM_INSTANTIATE(float)
NRAM_INSTANTIATE(double)
#undef NRAM_INSTANTIATE

}  // namespace nram::soft::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
