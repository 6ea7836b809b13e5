#include "attempts/controller_shape.hpp"

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

}  // namespace nram
