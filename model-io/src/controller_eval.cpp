#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/controller_eval.hpp>

namespace nram {
namespace {

// Hands out a model's tensors in the order of tensor_shapes.
class Parameters {
 public:
  explicit Parameters(const Model& model) : next_(model.parameters().data()) {}

  const float* take(std::size_t count) { return std::exchange(next_, next_ + count); }

 private:
  const float* next_;
};

// Four sums side by side, because each alone would wait for its previous addition.
double dot(const float* weights, std::span<const float> inputs) {
  std::array<double, 4> sums{};
  std::size_t i = 0;
  for (; i + sums.size() <= inputs.size(); i += sums.size()) {
    for (std::size_t k = 0; k < sums.size(); ++k) {
      sums[k] += double{weights[i + k]} * double{inputs[i + k]};
    }
  }
  for (; i < inputs.size(); ++i) {
    sums[0] += double{weights[i]} * double{inputs[i]};
  }
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// The next two tensors, weight [outputs, inputs] and bias [outputs], as a linear layer.
std::vector<float> linear(Parameters& parameters, std::span<const float> inputs,
                          std::size_t outputs) {
  const float* const weight = parameters.take(outputs * inputs.size());
  const float* const bias = parameters.take(outputs);
  std::vector<float> result(outputs);
  for (std::size_t o = 0; o < outputs; ++o) {
    result[o] = static_cast<float>(double{bias[o]} + dot(weight + o * inputs.size(), inputs));
  }
  return result;
}

double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

// PyTorch's LSTMCell: gates i, f, g, o.
void lstm_step(Parameters& parameters, std::span<const float> inputs, LstmState& state) {
  const std::size_t hidden = state.hidden.size();
  const float* const weight_ih = parameters.take(4 * hidden * inputs.size());
  const float* const weight_hh = parameters.take(4 * hidden * hidden);
  const float* const bias_ih = parameters.take(4 * hidden);
  const float* const bias_hh = parameters.take(4 * hidden);
  const auto gate = [&](std::size_t index) {
    return double{bias_ih[index]} + dot(weight_ih + index * inputs.size(), inputs) +
           double{bias_hh[index]} + dot(weight_hh + index * hidden, state.hidden);
  };
  std::vector<float> next_hidden(hidden);
  for (std::size_t j = 0; j < hidden; ++j) {
    const double input = sigmoid(gate(j));
    const double forget = sigmoid(gate(hidden + j));
    const double candidate = std::tanh(gate(2 * hidden + j));
    const double output = sigmoid(gate(3 * hidden + j));
    const double cell = forget * double{state.cell[j]} + input * candidate;
    state.cell[j] = static_cast<float>(cell);
    next_hidden[j] = static_cast<float>(output * std::tanh(cell));
  }
  state.hidden = std::move(next_hidden);
}

void require_sizes(const Model& model, std::span<const float> inputs, const LstmState& state) {
  const unsigned registers = model.machine().registers();
  if (inputs.size() != registers) {
    throw Error(ErrorKind::usage, fmt::format("a controller for {} registers was given {} inputs",
                                              registers, inputs.size()));
  }
  const ControllerShape& controller = model.controller();
  if (controller.kind == ControllerKind::lstm &&
      (state.hidden.size() != controller.hidden[0] || state.cell.size() != controller.hidden[0])) {
    throw Error(ErrorKind::usage,
                fmt::format("the state of an LSTM with {} units was given {} "
                            "hidden and {} cell values",
                            controller.hidden[0], state.hidden.size(), state.cell.size()));
  }
}

}  // namespace

LstmState LstmState::start(const ControllerShape& controller) {
  if (controller.kind != ControllerKind::lstm) {
    return {};
  }
  return {std::vector<float>(controller.hidden.at(0)), std::vector<float>(controller.hidden.at(0))};
}

std::vector<float> zero_bits(const Machine& machine, std::uint32_t mask) {
  std::vector<float> bits(machine.registers());
  for (unsigned r = 0; r < machine.registers(); ++r) {
    bits[r] = ((mask >> r) & 1U) != 0 ? 1.0F : 0.0F;
  }
  return bits;
}

std::vector<float> controller_outputs(const Model& model, std::span<const float> zero_probabilities,
                                      LstmState& state) {
  require_sizes(model, zero_probabilities, state);
  const ControllerShape& controller = model.controller();
  const std::size_t outputs = SelectorLayout(model.machine()).outputs;
  Parameters parameters(model);
  if (controller.kind == ControllerKind::lstm) {
    lstm_step(parameters, zero_probabilities, state);
    return linear(parameters, state.hidden, outputs);
  }
  std::vector<float> values(zero_probabilities.begin(), zero_probabilities.end());
  for (const unsigned hidden : controller.hidden) {
    values = linear(parameters, values, hidden);
    for (float& value : values) {
      value = controller.activation == Activation::relu ? std::fmax(value, 0.0F) : std::tanh(value);
    }
  }
  return linear(parameters, values, outputs);
}

std::vector<float> controller_outputs(const Model& model,
                                      std::span<const float> zero_probabilities) {
  LstmState state = LstmState::start(model.controller());
  return controller_outputs(model, zero_probabilities, state);
}

}  // namespace nram
