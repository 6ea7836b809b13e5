#include "random_model.hpp"

#include <support/random_program.hpp>

namespace nram::test {

Model random_model(const Machine& machine, const ControllerShape& controller, float scale,
                   std::mt19937_64& random, std::map<std::string, std::string> metadata) {
  std::normal_distribution<float> normal(0.0F, scale);
  std::vector<float> parameters;
  for (const TensorShape& tensor : tensor_shapes(machine, controller)) {
    for (std::size_t i = 0; i < tensor.size(); ++i) {
      parameters.push_back(normal(random));
    }
  }
  return {machine, controller, std::move(parameters), std::move(metadata)};
}

Model random_model(std::mt19937_64& random) {
  const Machine machine = random_machine({}, random);
  ControllerShape controller;
  if (random() % 3 == 0) {
    controller.kind = ControllerKind::lstm;
    controller.hidden = {static_cast<unsigned>(1 + random() % 5)};
  } else {
    for (std::size_t layers = random() % 3; layers > 0; --layers) {
      controller.hidden.push_back(static_cast<unsigned>(1 + random() % 6));
    }
  }
  controller.activation = random() % 2 == 0 ? Activation::relu : Activation::tanh;
  std::map<std::string, std::string> metadata;
  for (std::size_t i = random() % 3; i > 0; --i) {
    metadata["key " + std::to_string(random() % 10)] =
        "\"value\"\n\t\\ ünï " + std::to_string(random());
  }
  return random_model(machine, controller, 1.0F, random, std::move(metadata));
}

}  // namespace nram::test
