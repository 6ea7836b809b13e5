#include "attempts/controller_shape.hpp"

#include <cmath>
#include <cstddef>
#include <vector>

namespace nram {

ControllerShape controller_of(const Settings& settings) {
  if (settings.controller.lstm) {
    return {ControllerKind::lstm, {settings.controller.hidden}, Activation::tanh};
  }
  return {ControllerKind::feed_forward,
          std::vector<unsigned>(settings.controller.layers, settings.controller.hidden),
          Activation::relu};
}

std::vector<float> initial_parameters(const Machine& machine, const Settings& settings,
                                      Random& random) {
  std::vector<float> parameters;
  for (const TensorShape& tensor : tensor_shapes(machine, controller_of(settings))) {
    const bool is_weight = tensor.shape.size() == 2;
    const double scale =
        is_weight ? settings.controller.init_scale / std::sqrt(static_cast<double>(tensor.shape[1]))
                  : 0.0;
    for (std::size_t i = 0; i < tensor.size(); ++i) {
      parameters.push_back(static_cast<float>(scale * random.normal()));
    }
  }
  return parameters;
}

}  // namespace nram
