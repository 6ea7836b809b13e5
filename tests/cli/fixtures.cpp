#include "fixtures.hpp"

#include <random>

#include <support/hand_written.hpp>
#include <support/program_text.hpp>

#include <nram/model-io/model_file.hpp>
#include <nram/model-io/program_file.hpp>

namespace nram::test {
namespace {

std::string write(const ScratchDirectory& directory, const std::string& name,
                  const Program& program) {
  write_program(program, directory / name);
  return directory / name;
}

Model random(const Machine& machine, const ControllerShape& controller, float scale) {
  std::size_t size = 0;
  for (const TensorShape& tensor : tensor_shapes(machine, controller)) {
    size += tensor.size();
  }
  std::mt19937 random(7);
  std::normal_distribution<float> normal(0.0F, scale);
  std::vector<float> parameters(size);
  for (float& parameter : parameters) {
    parameter = normal(random);
  }
  return {machine, controller, parameters, {{"task", "none"}}};
}

}  // namespace

std::string task_program(const ScratchDirectory& directory, const std::string& task) {
  return write(directory, task + ".json", hand_written_program(task));
}

std::string endless_program(const ScratchDirectory& directory) {
  return write(directory, "endless.json",
               program_from_text(Machine::standard(1), {{"", "READ(r0) INC(READ) WRITE(r0,INC)"}}));
}

std::string runaway_program(const ScratchDirectory& directory) {
  return write(directory, "runaway.json",
               program_from_text(Machine::standard(1), {{"", "INC(r0) WRITE(r0,ONE) r0=INC"}}));
}

std::string random_model(const ScratchDirectory& directory) {
  const ControllerShape controller{ControllerKind::feed_forward, {8}, Activation::relu};
  write_model(random(Machine::standard(2), controller, 1.0F), directory / "random.safetensors");
  return directory / "random.safetensors";
}

std::string unclosed_model(const ScratchDirectory& directory) {
  const Model model = random(Machine::standard(2), {ControllerKind::lstm, {12}}, 1.0F);
  std::vector<float> parameters = model.parameters();
  parameters.back() = -100.0F;  // the willingness to finish
  write_model(Model(model.machine(), model.controller(), parameters),
              directory / "unclosed.safetensors");
  return directory / "unclosed.safetensors";
}

nlohmann::json report_of(const Ended& ended) { return nlohmann::json::parse(ended.out); }

}  // namespace nram::test
