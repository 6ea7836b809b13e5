#include "random_model.hpp"
#include "scratch.hpp"

#include <cstring>
#include <limits>
#include <random>

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <support/random_program.hpp>

#include <nram/model-io/model_file.hpp>

using namespace nram;
using namespace nram::test;

namespace {

Model small_model() {
  std::mt19937_64 random(5);
  const Machine machine = Machine::standard(1, {"READ", "INC", "WRITE"});
  return random_model(machine, {ControllerKind::feed_forward, {2}, Activation::tanh}, 1.0F, random,
                      {{"task", "none"}});
}

std::string header_of(const std::string& bytes) {
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof length);
  return bytes.substr(8, length);
}

std::string file_of(const std::string& header, const std::string& data) {
  const std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, sizeof length);
  return bytes + header + data;
}

std::string model_refusal(std::string_view from, std::string_view to) {
  const std::string bytes = model_bytes(small_model());
  const std::string header = header_of(bytes);
  const std::string changed = file_of(with(header, from, to), bytes.substr(8 + header.size()));
  return message_of(ErrorKind::data, [&] { (void)parse_model(changed, "m.safetensors"); });
}

std::string refusal_of(const std::string& bytes) {
  return message_of(ErrorKind::data, [&] { (void)parse_model(bytes, "m.safetensors"); });
}

}  // namespace

TEST_CASE("selectors follow each other in the order of the machine") {
  const SelectorLayout layout(Machine::standard(2));
  CHECK(layout.arguments.size() == Machine::standard(2).arguments());
  CHECK(layout.arguments[0].first == 0);
  CHECK(layout.arguments[0].size == 2);  // READ chooses among the registers
  CHECK(layout.arguments[1].first == 2);
  CHECK(layout.arguments[1].size == 2 + 4);  // INC also among READ ZERO ONE TWO
  CHECK(layout.registers[1].size == 2 + 14);
  CHECK(layout.registers[1].first == layout.registers[0].first + 16);
  CHECK(layout.finish == layout.registers[1].first + 16);
  CHECK(layout.outputs == layout.finish + 1);
}

TEST_CASE("tensors have the names and shapes that PyTorch gives them") {
  const Machine machine = Machine::standard(3);
  const std::size_t outputs = SelectorLayout(machine).outputs;
  using Shape = std::vector<std::size_t>;
  const auto two = tensor_shapes(machine, {ControllerKind::feed_forward, {8, 5}});
  REQUIRE(two.size() == 6);
  CHECK(two[0].name == "controller.0.weight");
  CHECK(two[0].shape == Shape{8, 3});
  CHECK(two[2].name == "controller.1.weight");
  CHECK(two[2].shape == Shape{5, 8});
  CHECK(two[4].name == "selectors.weight");
  CHECK(two[4].shape == Shape{outputs, 5});
  const auto none = tensor_shapes(machine, {ControllerKind::feed_forward, {}});
  REQUIRE(none.size() == 2);
  CHECK(none[0].shape == Shape{outputs, 3});
  const auto lstm = tensor_shapes(machine, {ControllerKind::lstm, {7}});
  REQUIRE(lstm.size() == 6);
  CHECK(lstm[0].name == "lstm.weight_ih");
  CHECK(lstm[0].shape == Shape{28, 3});
  CHECK(lstm[1].shape == Shape{28, 7});
  CHECK(lstm[3].name == "lstm.bias_hh");
  CHECK(lstm[3].size() == 28);
}

TEST_CASE("impossible models are refused") {
  const Machine machine = Machine::standard(2);
  const auto refused = [&](ControllerShape shape, std::vector<float> parameters) {
    return message_of(ErrorKind::data, [&] { (void)Model(machine, shape, parameters); });
  };
  const auto ff = ControllerKind::feed_forward;
  CHECK(contains(refused({ff, {1, 2, 3}}, {}), "0, 1 or 2 hidden layers, not 3"));
  CHECK(contains(refused({ff, {0}}, {}), "1 to 4096 units, not 0"));
  CHECK(contains(refused({ff, {4097}}, {}), "not 4097"));
  CHECK(contains(refused({ControllerKind::lstm, {}}, {}), "exactly one"));
  CHECK(contains(refused({ff, {}}, {1.0F}), "has 1 parameters"));
  std::mt19937_64 random(1);
  std::vector<float> parameters = random_model(machine, {ff, {4}}, 1.0F, random).parameters();
  parameters[8] = std::numeric_limits<float>::quiet_NaN();
  CHECK(contains(refused({ff, {4}}, parameters), "tensor controller.0.bias: value 0 is nan"));
}

TEST_CASE("models survive writing and reading, byte for byte") {
  const ModuleTable table = table_with_custom_modules();
  CHECK(rc::check([&](unsigned seed) {
    std::mt19937_64 random(seed);
    const Model model = random_model(random);
    const std::string bytes = model_bytes(model);
    const Model again = parse_model(bytes, "random", table);
    RC_ASSERT(again.parameters() == model.parameters());
    RC_ASSERT(again.controller() == model.controller());
    RC_ASSERT(again.metadata() == model.metadata());
    RC_ASSERT(again.machine().registers() == model.machine().registers());
    RC_ASSERT(model_bytes(again) == bytes);
  }));
}

TEST_CASE("a model file is a safetensors file with aligned data") {
  const Scratch scratch;
  const std::string path = scratch.path("m.safetensors");
  write_model(small_model(), path);
  const std::string bytes = slurp(path);
  CHECK(bytes == model_bytes(small_model()));
  const std::string header = header_of(bytes);
  CHECK(header.size() % 8 == 0);
  CHECK(contains(header, R"("__metadata__":{"format":"nram-model","version":"1","registers":"1",)"
                         R"("modules":"READ,INC,WRITE","controller":"feed-forward","hidden":"2",)"
                         R"("activation":"tanh","task":"none"})"));
  CHECK(contains(header,
                 R"("controller.0.weight":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]})"));
  CHECK(read_model(path).parameters() == small_model().parameters());
}

TEST_CASE("tensors may come in any order") {
  const Model model = small_model();
  const std::string bytes = model_bytes(model);
  std::string header = header_of(bytes);
  std::string data = bytes.substr(8 + header.size());
  // Exchange the 8 bytes of controller.0.weight with the 8 bytes of controller.0.bias.
  header = with(header, "\"data_offsets\":[0,8]", "\"data_offsets\":[X]");
  header = with(header, "\"data_offsets\":[8,16]", "\"data_offsets\":[0,8]");
  header = with(header, "\"data_offsets\":[X]", "\"data_offsets\":[8,16]");
  std::swap_ranges(data.begin(), data.begin() + 8, data.begin() + 8);
  CHECK(parse_model(file_of(header, data), "m").parameters() == model.parameters());
}

TEST_CASE("a malformed container is refused") {
  const std::string bytes = model_bytes(small_model());
  CHECK(contains(refusal_of(""), "it has 0 bytes"));
  CHECK(contains(refusal_of(bytes.substr(0, 7)), "truncated"));
  CHECK(contains(refusal_of(bytes.substr(0, 100)), "but only 92 follow"));
  CHECK(contains(refusal_of(std::string(8, '\xff') + "{}"), "at most 16777216"));
  CHECK(contains(refusal_of(file_of("[]", "")), "must be an object"));
  CHECK(contains(refusal_of(file_of("{}", "")), "__metadata__"));
  CHECK(contains(refusal_of(file_of("{\"a\":[[[[[[1", "")), "nested deeper"));
  CHECK(contains(refusal_of(file_of("{\"a\":1,\"a\":2}", "")), "\"a\" occurs twice"));
  CHECK(contains(refusal_of(bytes + "abcd"), "4 bytes follow"));
  CHECK(contains(model_refusal("{\"__metadata__\"", "{\"__metadata__\"}"), "not valid JSON"));
}

TEST_CASE("metadata that makes no model is refused") {
  CHECK(contains(model_refusal("\"nram-model\"", "\"pt\""), "__metadata__.format: must be"));
  CHECK(contains(model_refusal("\"version\":\"1\"", "\"version\":\"2\""), "__metadata__.version"));
  CHECK(contains(model_refusal("\"version\":\"1\",", ""), "the key \"version\" is missing"));
  CHECK(
      contains(model_refusal("\"registers\":\"1\"", "\"registers\":\"17\""), "registers: must be"));
  CHECK(contains(model_refusal("\"registers\":\"1\"", "\"registers\":1"),
                 "registers: must be a text"));
  CHECK(contains(model_refusal("\"registers\":\"1\"", "\"registers\":\"1 \""), "not \"1 \""));
  CHECK(contains(model_refusal("READ,INC", "READ,FOO"), "modules: there is no module \"FOO\""));
  CHECK(contains(model_refusal("READ,INC", "READ,READ"), "modules: module READ occurs twice"));
  CHECK(contains(model_refusal("\"feed-forward\"", "\"gru\""), "\"feed-forward\" or \"lstm\""));
  CHECK(
      contains(model_refusal("\"hidden\":\"2\"", "\"hidden\":\"4294967298\""), "hidden: must be"));
  CHECK(contains(model_refusal("\"hidden\":\"2\"", "\"hidden\":\"2,2,2\""), "at most two sizes"));
  CHECK(contains(model_refusal("\"feed-forward\",\"hidden\":\"2\"", "\"lstm\",\"hidden\":\"\""),
                 "one size"));
  CHECK(contains(model_refusal("\"tanh\"", "\"gelu\""), "activation: must be"));
  CHECK(contains(model_refusal("\"none\"", "7"), "task: must be a text"));
  // The largest machine there is, announced by a small file.
  CHECK(contains(model_refusal("\"hidden\":\"2\"", "\"hidden\":\"4096,4096\""), "is missing"));
}

TEST_CASE("tensors that do not fit are refused") {
  const std::string first =
      R"("controller.0.weight":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]})";
  CHECK(contains(model_refusal("\"F32\",\"shape\":[2,1]", "\"F16\",\"shape\":[2,1]"),
                 "controller.0.weight.dtype: must be \"F32\", not \"F16\""));
  CHECK(contains(model_refusal("[2,1]", "[1,2]"),
                 "shape: must be [2, 1] for this machine and controller, not [1, 2]"));
  CHECK(contains(model_refusal("[2,1]", "[18446744073709551615,2]"), "shape"));
  CHECK(contains(model_refusal("[0,8]", "[0,9]"), "span 9 bytes, but the shape needs 8"));
  CHECK(contains(model_refusal("[0,8]", "[8,0]"), "data_offsets[1]: must be"));
  CHECK(contains(model_refusal("[0,8]", "[8,16]"), "overlaps"));
  CHECK(contains(model_refusal("[0,8]", "[4,12]"), "without gaps or overlaps"));
  CHECK(contains(model_refusal("[0,8]", "[0,8,9]"), "must be the two offsets"));
  CHECK(contains(model_refusal("[0,8]", "[18446744073709551608,18446744073709551615]"),
                 "data_offsets"));
  CHECK(contains(model_refusal("[0,8]", "[-8,0]"), "data_offsets[0]"));
  CHECK(contains(model_refusal("controller.0.weight", "controller.0.wait"),
                 "the tensor \"controller.0.weight\" is missing"));
  CHECK(contains(model_refusal(first, first + "," + with(first, "0.weight", "1.weight")),
                 "controller.1.weight: there is no such tensor"));
  CHECK(contains(model_refusal("\"dtype\":\"F32\",", ""), "the key \"dtype\" is missing"));

  std::string bytes = model_bytes(small_model());
  const float infinite = std::numeric_limits<float>::infinity();
  std::memcpy(bytes.data() + 8 + header_of(bytes).size() + 8, &infinite, sizeof infinite);
  CHECK(contains(refusal_of(bytes), "m.safetensors: tensor controller.0.bias: value 0 is inf"));
}

TEST_CASE("metadata that a model file cannot hold") {
  std::mt19937_64 random(1);
  const auto bytes_with = [&](const std::string& key, const std::string& value) {
    return model_bytes(random_model(Machine::standard(1), {}, 1.0F, random, {{key, value}}));
  };
  CHECK(contains(message_of(ErrorKind::usage, [&] { (void)bytes_with("registers", "3"); }),
                 "\"registers\""));
  CHECK(contains(message_of(ErrorKind::data, [&] { (void)bytes_with("note", "\xff"); }), "UTF-8"));
}

TEST_CASE("damaged model files are refused or read, never trusted") {
  CHECK(maltreat(model_bytes(small_model()), 3000,
                 [](const std::string& bytes) { (void)parse_model(bytes, "damaged"); }) == 0);
}
