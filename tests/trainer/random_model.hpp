#pragma once

// A small model for tests of what a soft model has to say.

#include <cstddef>
#include <utility>
#include <vector>

#include <nram/engine/machine.hpp>
#include <nram/model-io/model.hpp>
#include <nram/trainer/random.hpp>

namespace nram {

inline constexpr unsigned small_registers = 3;
inline constexpr unsigned small_hidden = 5;

inline Machine small_machine() { return Machine::standard(small_registers); }

/// Feed-forward, with normal weights.
inline Model random_model(Random& random) {
  const ControllerShape shape{ControllerKind::feed_forward, {small_hidden}, Activation::relu};
  std::vector<float> parameters;
  for (const TensorShape& tensor : tensor_shapes(small_machine(), shape)) {
    for (std::size_t i = 0; i < tensor.size(); ++i) {
      parameters.push_back(static_cast<float>(random.normal()));
    }
  }
  return {small_machine(), shape, std::move(parameters)};
}

}  // namespace nram
