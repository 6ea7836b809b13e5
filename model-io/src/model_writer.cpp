#include "json_text.hpp"
#include "model_keys.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/atomic_file.hpp>
#include <nram/model-io/model_file.hpp>

namespace nram {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors data is little-endian");

template <typename Items, typename Text>
std::string joined(const Items& items, Text text) {
  std::string list;
  for (const auto& item : items) {
    list += (list.empty() ? "" : ",") + text(item);
  }
  return list;
}

std::string metadata_text(const Model& model) {
  const ControllerShape& controller = model.controller();
  const auto name_of = [](const Module& module) { return module.name; };
  const auto number = [](unsigned value) { return std::to_string(value); };
  std::string text;
  const auto add = [&](std::string_view key, std::string_view value) {
    text += fmt::format("{}{}:{}", text.empty() ? "" : ",", quoted(std::string(key)),
                        quoted(std::string(value)));
  };
  add(model_keys::format, model_keys::format_name);
  add(model_keys::version, model_keys::format_version);
  add(model_keys::registers, number(model.machine().registers()));
  add(model_keys::modules, joined(model.machine().modules(), name_of));
  add(model_keys::controller, controller.kind == ControllerKind::lstm ? "lstm" : "feed-forward");
  add(model_keys::hidden, joined(controller.hidden, number));
  add(model_keys::activation, controller.activation == Activation::relu ? "relu" : "tanh");
  if (model.machine().order() != Order::unsigned_numbers) {
    add(model_keys::order, nram::name_of(model.machine().order()));
  }
  for (const auto& [key, value] : model.metadata()) {
    if (model_keys::reserved(key)) {
      throw Error(ErrorKind::usage,
                  fmt::format("the model's metadata has the key \"{}\", which model files use for "
                              "the model itself; choose another name",
                              key));
    }
    add(key, value);
  }
  return text;
}

}  // namespace

std::string model_bytes(const Model& model) {
  std::string header = fmt::format("{{\"{}\":{{{}}}", model_keys::metadata, metadata_text(model));
  std::size_t offset = 0;
  for (const TensorShape& tensor : tensor_shapes(model.machine(), model.controller())) {
    const std::size_t end = offset + tensor.size() * sizeof(float);
    header += fmt::format(
        R"(,"{}":{{"dtype":"F32","shape":[{}],"data_offsets":[{},{}]}})", tensor.name,
        joined(tensor.shape, [](std::size_t n) { return std::to_string(n); }), offset, end);
    offset = end;
  }
  header += '}';
  // The length itself takes 8 bytes, so this aligns the data in the file.
  header.resize((header.size() + 7) / 8 * 8, ' ');

  const std::uint64_t length = header.size();
  std::string bytes(sizeof length + header.size() + offset, '\0');
  std::memcpy(bytes.data(), &length, sizeof length);
  std::memcpy(bytes.data() + sizeof length, header.data(), header.size());
  std::memcpy(bytes.data() + sizeof length + header.size(), model.parameters().data(), offset);
  return bytes;
}

void write_model(const Model& model, const std::string& path) {
  write_file(path, model_bytes(model));
}

}  // namespace nram
