#include "content_kind.hpp"
#include "input_file.hpp"
#include "json_field.hpp"
#include "model_keys.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <map>
#include <utility>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/model_file.hpp>

namespace nram {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors data is little-endian");

// Tensors nest two levels deep, shapes one more.
constexpr std::size_t model_depth = 4;

struct File {
  std::string_view header;
  std::string_view data;
};

File split(std::string_view bytes, const std::string& name) {
  const auto reject = [&](const std::string& what) {
    throw Error(ErrorKind::data, fmt::format("{}: not a model file (safetensors): {}", name, what));
  };
  std::uint64_t length = 0;
  if (bytes.size() < sizeof length) {
    reject(
        fmt::format("it has {} bytes, but the length of its header alone takes 8; it is "
                    "truncated",
                    bytes.size()));
  }
  std::memcpy(&length, bytes.data(), sizeof length);
  bytes.remove_prefix(sizeof length);
  if (length > max_model_header_bytes) {
    reject(fmt::format("bytes 0 to 7 say that its header has {} bytes; at most {} are accepted",
                       length, max_model_header_bytes));
  }
  if (length > bytes.size()) {
    reject(
        fmt::format("bytes 0 to 7 say that its header has {} bytes, but only {} follow; it is "
                    "truncated",
                    length, bytes.size()));
  }
  return {bytes.substr(0, length), bytes.substr(length)};
}

unsigned whole_number(const JsonField& field, std::string_view text, unsigned low, unsigned high) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < low || value > high) {
    field.fail(fmt::format("must be a whole number from {} to {}, not \"{}\"", low, high, text));
  }
  return value;
}

std::vector<std::string_view> split_list(std::string_view list) {
  std::vector<std::string_view> items;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    items.push_back(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return items;
}

// The value of `field` as an index into `names`.
std::size_t choice(const JsonField& field, std::initializer_list<std::string_view> names) {
  std::size_t index = 0;
  std::string known;
  for (const std::string_view name : names) {
    if (field.text() == name) {
      return index;
    }
    known += fmt::format("{}\"{}\"", index == 0 ? "" : " or ", name);
    ++index;
  }
  field.fail(fmt::format("must be {}, not \"{}\"", known, field.text()));
}

Order order_in(const JsonField& metadata) {
  if (!metadata.has(model_keys::order)) {
    return Order::unsigned_numbers;
  }
  const JsonField field = metadata.member(model_keys::order);
  return choice(field, {"unsigned", "signed"}) == 0 ? Order::unsigned_numbers
                                                    : Order::signed_numbers;
}

Machine machine_in(const JsonField& metadata, const ModuleTable& table) {
  const JsonField registers = metadata.member(model_keys::registers);
  const unsigned count = whole_number(registers, registers.text(), 1, Machine::max_registers);
  const JsonField field = metadata.member(model_keys::modules);
  const Order order = order_in(metadata);
  try {
    return {count, table.select(split_list(field.text())), order};
  } catch (const Error& error) {
    field.fail(error.what());
  }
}

ControllerShape read_controller(const JsonField& metadata) {
  ControllerShape shape;
  shape.kind = choice(metadata.member(model_keys::controller), {"feed-forward", "lstm"}) == 0
                   ? ControllerKind::feed_forward
                   : ControllerKind::lstm;
  shape.activation = choice(metadata.member(model_keys::activation), {"relu", "tanh"}) == 0
                         ? Activation::relu
                         : Activation::tanh;
  const JsonField hidden = metadata.member(model_keys::hidden);
  for (const std::string_view size : split_list(hidden.text())) {
    shape.hidden.push_back(whole_number(hidden, size, 1, Model::max_hidden));
  }
  const bool lstm = shape.kind == ControllerKind::lstm;
  if (lstm ? shape.hidden.size() != 1 : shape.hidden.size() > 2) {
    hidden.fail(fmt::format("must be {}, not \"{}\"",
                            lstm ? "one size" : "at most two sizes separated by a comma",
                            hidden.text()));
  }
  return shape;
}

void require_format(const JsonField& metadata) {
  static_cast<void>(metadata.members());  // it is an object
  for (const std::string_view key : model_keys::all) {
    if (!metadata.has(key)) {
      metadata.fail(
          fmt::format("the key \"{}\" is missing; is this a model that nram has trained?", key));
    }
  }
  const JsonField format = metadata.member(model_keys::format);
  if (format.text() != model_keys::format_name) {
    format.fail(fmt::format(R"(must be "{}", not "{}")", model_keys::format_name, format.text()));
  }
  const JsonField version = metadata.member(model_keys::version);
  if (version.text() != model_keys::format_version) {
    version.fail(fmt::format(R"(version "{}" of the format is not known; known is "{}")",
                             version.text(), model_keys::format_version));
  }
}

std::string text_of(const std::vector<std::size_t>& shape) {
  std::string text;
  for (const std::size_t extent : shape) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", extent);
  }
  return "[" + text + "]";
}

// Checks one tensor's entry; returns where its data begins.
std::size_t read_offset(const JsonField& entry, const TensorShape& tensor, std::size_t data_bytes) {
  entry.require_keys({"dtype", "shape", "data_offsets"});
  const JsonField dtype = entry.member("dtype");
  if (dtype.text() != "F32") {
    dtype.fail(fmt::format(R"(must be "F32", not "{}")", dtype.text()));
  }
  std::vector<std::size_t> shape;
  for (const JsonField& extent : entry.member("shape").elements()) {
    shape.push_back(extent.number(0, UINT64_MAX));
  }
  if (shape != tensor.shape) {
    entry.member("shape").fail(fmt::format("must be {} for this machine and controller, not {}",
                                           text_of(tensor.shape), text_of(shape)));
  }
  const JsonField offsets = entry.member("data_offsets");
  const std::vector<JsonField> ends = offsets.elements();
  if (ends.size() != 2) {
    offsets.fail("must be the two offsets where the data begins and ends");
  }
  const std::uint64_t begin = ends[0].number(0, data_bytes);
  const std::uint64_t end = ends[1].number(begin, data_bytes);
  if (end - begin != tensor.size() * sizeof(float)) {
    offsets.fail(fmt::format("span {} bytes, but the shape needs {}", end - begin,
                             tensor.size() * sizeof(float)));
  }
  return begin;
}

void require_exactly(const JsonField& header, const std::vector<TensorShape>& tensors) {
  for (const TensorShape& tensor : tensors) {
    if (!header.has(tensor.name)) {
      header.fail(fmt::format("the tensor \"{}\" is missing", tensor.name));
    }
  }
  for (const auto& [name, entry] : header.members()) {
    const auto is_this = [&name = name](const TensorShape& tensor) { return tensor.name == name; };
    if (name != model_keys::metadata && std::none_of(tensors.begin(), tensors.end(), is_this)) {
      entry.fail("there is no such tensor in a model with this machine and controller");
    }
  }
}

// Where each tensor's data begins; together they must fill `data_bytes` without gaps or overlaps.
std::vector<std::size_t> read_offsets(const JsonField& header, std::size_t data_bytes,
                                      const std::vector<TensorShape>& tensors) {
  std::map<std::size_t, const TensorShape*> by_begin;
  std::vector<std::size_t> offsets;
  for (const TensorShape& tensor : tensors) {
    const JsonField entry = header.member(tensor.name);
    const std::size_t begin = read_offset(entry, tensor, data_bytes);
    const auto [other, is_new] = by_begin.emplace(begin, &tensor);
    if (!is_new) {
      entry.fail(fmt::format("overlaps tensor \"{}\"", other->second->name));
    }
    offsets.push_back(begin);
  }
  // Sizes are right and begins differ; in order of begin each must start where the last one ended.
  std::size_t end = 0;
  for (const auto& [begin, tensor] : by_begin) {
    if (begin != end) {
      header.member(tensor->name)
          .fail(fmt::format("its data begins at byte {} of the data, but the tensor before it ends "
                            "at byte {}; tensors must follow each other without gaps or overlaps",
                            begin, end));
    }
    end += tensor->size() * sizeof(float);
  }
  if (end != data_bytes) {
    header.fail(fmt::format("{} bytes follow the data of the last tensor; they belong to nothing",
                            data_bytes - end));
  }
  return offsets;
}

// The parameters in the order of `tensors`, wherever the file has them.
std::vector<float> read_parameters(const JsonField& header, std::string_view data,
                                   const std::vector<TensorShape>& tensors) {
  require_exactly(header, tensors);
  const std::vector<std::size_t> offsets = read_offsets(header, data.size(), tensors);
  std::vector<float> parameters(data.size() / sizeof(float));
  float* target = parameters.data();
  for (std::size_t t = 0; t < tensors.size(); ++t) {
    std::memcpy(target, data.data() + offsets[t], tensors[t].size() * sizeof(float));
    target += tensors[t].size();
  }
  return parameters;
}

}  // namespace

Model parse_model(std::string_view bytes, const std::string& name, const ModuleTable& table) {
  const File file = split(bytes, name);
  const std::string header_name = name + ": header";
  const Json document = parse_json(file.header, header_name, model_depth);
  const JsonField header(header_name, document);
  if (!document.is_object() || !header.has(model_keys::metadata)) {
    header.fail("must be an object with \"__metadata__\"; is this a model that nram has trained?");
  }
  const JsonField metadata = header.member(model_keys::metadata);
  require_format(metadata);
  Machine machine = machine_in(metadata, table);
  ControllerShape controller = read_controller(metadata);
  std::map<std::string, std::string> facts;
  for (const auto& [key, value] : metadata.members()) {
    if (!model_keys::reserved(key)) {
      facts.emplace(key, value.text());
    }
  }
  std::vector<float> parameters =
      read_parameters(header, file.data, tensor_shapes(machine, controller));
  try {
    return {std::move(machine), std::move(controller), std::move(parameters), std::move(facts)};
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("{}: {}", name, error.what()));
  }
}

Model read_model(const std::string& path, const ModuleTable& table) {
  InputFile file(path);
  require_content(file, {ContentKind::model}, "a model (.safetensors)");
  const std::string bytes = file.read_all(max_model_bytes, "a model file");
  return parse_model(bytes, file.name(), table);
}

}  // namespace nram
