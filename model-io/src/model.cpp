#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/model.hpp>

namespace nram {
namespace {

[[noreturn]] void reject(const std::string& what) { throw Error(ErrorKind::data, what); }

void require_possible(const ControllerShape& controller) {
  const std::size_t layers = controller.hidden.size();
  if (controller.kind == ControllerKind::lstm && layers != 1) {
    reject(fmt::format("an LSTM controller has exactly one hidden size, not {}", layers));
  }
  if (layers > 2) {
    reject(fmt::format("a feed-forward controller has 0, 1 or 2 hidden layers, not {}", layers));
  }
  for (const unsigned size : controller.hidden) {
    if (size < 1 || size > Model::max_hidden) {
      reject(fmt::format("a hidden layer has 1 to {} units, not {}", Model::max_hidden, size));
    }
  }
}

}  // namespace

SelectorLayout::SelectorLayout(const Machine& machine) {
  unsigned next = 0;
  const auto add = [&next](std::vector<Selector>& selectors, unsigned size) {
    selectors.push_back({next, size});
    next += size;
  };
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    for (unsigned position = 0; position < machine.modules()[q].arity; ++position) {
      add(arguments, machine.argument_candidates(q));
    }
  }
  for (unsigned r = 0; r < machine.registers(); ++r) {
    add(registers, machine.register_candidates());
  }
  finish = next;
  outputs = next + 1;
}

std::size_t TensorShape::size() const {
  std::size_t product = 1;
  for (const std::size_t extent : shape) {
    product *= extent;
  }
  return product;
}

std::vector<TensorShape> tensor_shapes(const Machine& machine, const ControllerShape& controller) {
  std::vector<TensorShape> tensors;
  std::size_t inputs = machine.registers();
  if (controller.kind == ControllerKind::lstm) {
    const std::size_t hidden = controller.hidden.at(0);
    tensors.push_back({"lstm.weight_ih", {4 * hidden, inputs}});
    tensors.push_back({"lstm.weight_hh", {4 * hidden, hidden}});
    tensors.push_back({"lstm.bias_ih", {4 * hidden}});
    tensors.push_back({"lstm.bias_hh", {4 * hidden}});
    inputs = hidden;
  } else {
    for (std::size_t k = 0; k < controller.hidden.size(); ++k) {
      const std::size_t hidden = controller.hidden[k];
      tensors.push_back({fmt::format("controller.{}.weight", k), {hidden, inputs}});
      tensors.push_back({fmt::format("controller.{}.bias", k), {hidden}});
      inputs = hidden;
    }
  }
  const std::size_t outputs = SelectorLayout(machine).outputs;
  tensors.push_back({"selectors.weight", {outputs, inputs}});
  tensors.push_back({"selectors.bias", {outputs}});
  return tensors;
}

Model::Model(Machine machine, ControllerShape controller, std::vector<float> parameters,
             std::map<std::string, std::string> metadata)
    : machine_(std::move(machine)),
      controller_(std::move(controller)),
      parameters_(std::move(parameters)),
      metadata_(std::move(metadata)),
      meaning_(meaning_of(metadata_)) {
  require_possible(controller_);
  const std::vector<TensorShape> tensors = tensor_shapes(machine_, controller_);
  std::size_t expected = 0;
  for (const TensorShape& tensor : tensors) {
    expected += tensor.size();
  }
  if (parameters_.size() != expected) {
    reject(fmt::format("the model has {} parameters, but its machine and controller need {}",
                       parameters_.size(), expected));
  }
  const float* values = parameters_.data();
  for (const TensorShape& tensor : tensors) {
    const float* const end = values + tensor.size();
    const float* const bad =
        std::find_if(values, end, [](float value) { return !std::isfinite(value); });
    if (bad != end) {
      reject(
          fmt::format("tensor {}: value {} is {}; weights must be finite numbers (did the "
                      "training diverge?)",
                      tensor.name, bad - values, *bad));
    }
    values = end;
  }
}

}  // namespace nram
