#include "instruction_set/targets.hpp"

#include <algorithm>
#include <iterator>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "soft/controller.cpp"
#include <hwy/foreach_target.h>
// For each instruction set:
#include "soft/controller.hpp"
#include "soft/float_lanes.hpp"
#include "soft/matmul.hpp"
#include "soft/mixing.hpp"

HWY_BEFORE_NAMESPACE();
namespace nram::soft::HWY_NAMESPACE {

std::vector<Selector> selectors_of(const SelectorLayout& layout) {
  std::vector<Selector> selectors = layout.arguments;
  selectors.insert(selectors.end(), layout.registers.begin(), layout.registers.end());
  return selectors;
}

SoftController::SoftController(const ControllerShape& shape, const SelectorLayout& layout,
                               unsigned inputs)
    : selectors_(selectors_of(layout)),
      finish_(layout.finish),
      lstm_(shape.kind == ControllerKind::lstm),
      tanh_(shape.activation == Activation::tanh) {
  // The state starts with the inputs; every layer reads where the one before it wrote.
  unsigned in = 0;
  unsigned columns = inputs;
  state_rows_ = inputs;
  const auto add_layer = [&](unsigned rows, unsigned layer_columns) {
    Layer layer{};
    layer.weight = parameters_;
    layer.rows = rows;
    layer.columns = layer_columns;
    layer.bias = layer.weight + std::size_t{rows} * layer_columns;
    layer.in = in;
    parameters_ = layer.bias + rows;
    return layer;
  };
  if (lstm_) {
    // Rows: inputs, gates i f g o (later their gradient), cell, output.
    hidden_ = shape.hidden.front();
    Layer input = add_layer(4 * hidden_, inputs);
    Layer recurrent = add_layer(4 * hidden_, hidden_);
    // weight_ih, weight_hh, bias_ih, bias_hh: both biases come after both weights.
    recurrent.weight = input.weight + std::size_t{4} * hidden_ * inputs;
    input.bias = recurrent.weight + std::size_t{4} * hidden_ * hidden_;
    recurrent.bias = input.bias + std::size_t{4} * hidden_;
    input.out = input.gradient = recurrent.out = recurrent.gradient = inputs;
    recurrent.in = inputs + 5 * hidden_;
    layers_ = {input, recurrent};
    state_rows_ += 6 * hidden_;
    in = recurrent.in;
    columns = hidden_;
  } else {
    for (const unsigned hidden : shape.hidden) {
      Layer layer = add_layer(hidden, columns);
      layer.out = state_rows_;
      layer.gradient = state_rows_ + hidden;
      layers_.push_back(layer);
      state_rows_ += 2 * hidden;
      in = layer.out;
      columns = hidden;
    }
  }
  output_ = add_layer(layout.outputs, columns);
}

unsigned SoftController::carry_rows() const { return 2 * hidden_; }

std::size_t SoftController::scratch(unsigned steps) const {
  std::size_t size = weight_gradient_scratch(output_.columns, steps);
  for (const Layer& layer : layers_) {
    size = std::max(size, weight_gradient_scratch(layer.columns, steps));
  }
  return size;
}

template <typename T>
void SoftController::forward(const T* parameters, const T* previous, T* state,
                             T* probabilities) const {
  if (lstm_) {
    lstm_forward(parameters, previous, state);
  } else {
    for (const Layer& layer : layers_) {
      T* out = state + std::size_t{layer.out} * float_lanes;
      affine(parameters + layer.weight, parameters + layer.bias, layer.rows, layer.columns,
             state + std::size_t{layer.in} * float_lanes, out);
      for (unsigned h = 0; h < layer.rows; ++h) {
        const Lanes<T> x = row(out, h);
        row(out, h) = tanh_ ? tanh<T>(x) : at_least<T>(x, T(0));
      }
    }
  }
  affine(parameters + output_.weight, parameters + output_.bias, output_.rows, output_.columns,
         state + std::size_t{output_.in} * float_lanes, probabilities);
  for (const Selector& selector : selectors_) {
    softmax(probabilities + std::size_t{selector.first} * float_lanes, selector.size);
  }
  row(probabilities, finish_) = sigmoid<T>(row(probabilities, finish_));
}

template <typename T>
void SoftController::backward(const T* parameters, const T* previous, T* state, T* probabilities,
                              const T* gradient, T* carry, T* scratch, T* input_gradient) const {
  for (const Selector& selector : selectors_) {
    const std::size_t first = std::size_t{selector.first} * float_lanes;
    softmax_gradient(probabilities + first, gradient + first, selector.size);
  }
  const Lanes<T> f = row(probabilities, finish_);
  row(probabilities, finish_) = row(gradient, finish_) * f * (T(1) - f);
  T* below = layers_.empty() ? input_gradient : scratch;
  transposed_product(parameters + output_.weight, output_.rows, output_.columns, probabilities,
                     below);
  if (lstm_) {
    lstm_backward(parameters, previous, state, carry, scratch, input_gradient);
    return;
  }
  for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer) {
    const T* out = state + std::size_t{layer->out} * float_lanes;
    T* in_gradient = state + std::size_t{layer->gradient} * float_lanes;
    for (unsigned h = 0; h < layer->rows; ++h) {
      const Lanes<T> y = row(out, h);
      const Lanes<T> d = row(scratch, h);
      row(in_gradient, h) = tanh_ ? d * (T(1) - y * y) : select(y > Lanes<T>{}, d, Lanes<T>{});
    }
    transposed_product(parameters + layer->weight, layer->rows, layer->columns, in_gradient,
                       std::next(layer) == layers_.rend() ? input_gradient : scratch);
  }
}

template <typename T>
void SoftController::lstm_forward(const T* parameters, const T* previous, T* state) const {
  const Layer& input = layers_[0];
  const Layer& recurrent = layers_[1];
  T* gates = state + std::size_t{input.out} * float_lanes;
  affine(parameters + input.weight, parameters + input.bias, input.rows, input.columns, state,
         gates);
  if (previous != nullptr) {
    affine(parameters + recurrent.weight, parameters + recurrent.bias, recurrent.rows,
           recurrent.columns, previous + std::size_t{recurrent.in} * float_lanes, gates, true);
  } else {  // the output before the first step is 0
    for (unsigned g = 0; g < recurrent.rows; ++g) {
      row(gates, g) += parameters[recurrent.bias + g];
    }
  }
  const unsigned n = hidden_;
  T* cell = gates + std::size_t{4} * n * float_lanes;
  T* out = cell + std::size_t{n} * float_lanes;
  const T* old_cell =
      previous == nullptr ? nullptr : previous + std::size_t{input.out + 4 * n} * float_lanes;
  for (unsigned h = 0; h < n; ++h) {
    const Lanes<T> i = sigmoid<T>(row(gates, h));
    const Lanes<T> f = sigmoid<T>(row(gates, n + h));
    const Lanes<T> g = tanh<T>(row(gates, 2 * n + h));
    const Lanes<T> o = sigmoid<T>(row(gates, 3 * n + h));
    Lanes<T> c = i * g;
    if (old_cell != nullptr) {
      c += f * row(old_cell, h);
    }
    row(gates, h) = i;
    row(gates, n + h) = f;
    row(gates, 2 * n + h) = g;
    row(gates, 3 * n + h) = o;
    row(cell, h) = c;
    row(out, h) = o * tanh<T>(c);
  }
}

// `scratch` holds the gradient of this step's output from this step's logits; `carry` the gradients
// of its output and cell from the next step, and in the end those for the step before.
template <typename T>
void SoftController::lstm_backward(const T* parameters, const T* previous, T* state, T* carry,
                                   T* scratch, T* input_gradient) const {
  const Layer& input = layers_[0];
  const Layer& recurrent = layers_[1];
  const unsigned n = hidden_;
  T* gates = state + std::size_t{input.out} * float_lanes;
  const T* cell = gates + std::size_t{4} * n * float_lanes;
  const T* old_cell =
      previous == nullptr ? nullptr : previous + std::size_t{input.out + 4 * n} * float_lanes;
  T* carry_out = carry;
  T* carry_cell = carry + std::size_t{n} * float_lanes;
  for (unsigned h = 0; h < n; ++h) {
    const Lanes<T> i = row(gates, h);
    const Lanes<T> f = row(gates, n + h);
    const Lanes<T> g = row(gates, 2 * n + h);
    const Lanes<T> o = row(gates, 3 * n + h);
    const Lanes<T> c = tanh<T>(row(cell, h));
    const Lanes<T> d_out = row(scratch, h) + row(carry_out, h);
    const Lanes<T> d_cell = row(carry_cell, h) + d_out * o * (T(1) - c * c);
    row(carry_cell, h) = d_cell * f;
    row(gates, h) = d_cell * g * i * (T(1) - i);
    row(gates, n + h) =
        old_cell == nullptr ? Lanes<T>{} : d_cell * row(old_cell, h) * f * (T(1) - f);
    row(gates, 2 * n + h) = d_cell * i * (T(1) - g * g);
    row(gates, 3 * n + h) = d_out * c * o * (T(1) - o);
  }
  transposed_product(parameters + recurrent.weight, recurrent.rows, recurrent.columns, gates,
                     carry_out);
  transposed_product(parameters + input.weight, input.rows, input.columns, gates, input_gradient);
}

template <typename T>
void SoftController::weight_gradients(const T* /*weights*/, unsigned steps, const T* states,
                                      std::size_t state_stride, const T* logit_gradients,
                                      std::size_t logit_stride, T* scratch, T* gradient) const {
  const auto rows_at = [&](unsigned first) {
    return Steps<T>{states + std::size_t{first} * float_lanes, state_stride};
  };
  for (const Layer& layer : layers_) {
    // The recurrent map reads the step before; the first step has none.
    const bool recurrent = lstm_ && &layer == &layers_[1];
    Steps<T> outs = rows_at(layer.gradient);
    bias_gradient(layer.rows, steps, outs, gradient + layer.bias);
    if (recurrent) {
      outs.first += state_stride;
    }
    weight_gradient(layer.rows, layer.columns, recurrent ? steps - 1 : steps, outs,
                    rows_at(layer.in), scratch, gradient + layer.weight);
  }
  const Steps<T> outs{logit_gradients, logit_stride};
  weight_gradient(output_.rows, output_.columns, steps, outs, rows_at(output_.in), scratch,
                  gradient + output_.weight);
  bias_gradient(output_.rows, steps, outs, gradient + output_.bias);
}

#define NRAM_INSTANTIATE(T)                                                                    \
  template void SoftController::forward<T>(const T*, const T*, T*, T*) const;                  \
  template void SoftController::backward<T>(const T*, const T*, T*, T*, const T*, T*, T*, T*)  \
      const;                                                                                   \
  template void SoftController::weight_gradients<T>(const T*, unsigned, const T*, std::size_t, \
                                                    const T*, std::size_t, T*, T*) const;
NRAM_INSTANTIATE(float)
NRAM_INSTANTIATE(double)
#undef NRAM_INSTANTIATE

}  // namespace nram::soft::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
