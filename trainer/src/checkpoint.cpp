#include "checkpoint.hpp"

#include <bit>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <nram/engine/error.hpp>
#include <nram/model-io/atomic_file.hpp>

namespace nram {
namespace {

using Json = nlohmann::json;

constexpr const char* format_name = "nram-checkpoint";
constexpr unsigned format_version = 1;
// A model's weights a few times over; anything near this is not a checkpoint of ours.
constexpr std::uintmax_t max_bytes = std::uintmax_t{1} << 30U;

Json pack(const std::vector<float>& values) {
  std::vector<std::uint8_t> bytes(values.size() * sizeof(float));
  if (!bytes.empty()) {
    std::memcpy(bytes.data(), values.data(), bytes.size());
  }
  return Json::binary(std::move(bytes));
}

std::vector<float> unpack(const Json& json) {
  const auto& bytes = json.get_binary();
  std::vector<float> values(bytes.size() / sizeof(float));
  if (!values.empty()) {
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  }
  return values;
}

Json to_json(const Score& score) { return {score.accuracy, score.stops, score.clean}; }

Score score_from(const Json& json) {
  return {json.at(0).get<double>(), json.at(1).get<double>(), json.at(2).get<double>()};
}

Json to_json(const RestartState& state) {
  return {{"restart", state.restart},
          {"status", static_cast<unsigned>(state.status)},
          {"iteration", state.iteration},
          {"level", state.level},
          {"cost", std::bit_cast<std::uint64_t>(state.cost)},
          {"soft-error", std::bit_cast<std::uint64_t>(state.soft_error)},
          {"parameters", pack(state.parameters)},
          {"adam-first", pack(state.adam_first)},
          {"adam-second", pack(state.adam_second)},
          {"random", state.random},
          {"best", to_json(state.best)},
          {"best-parameters", pack(state.best_parameters)}};
}

RestartState restart_from(const Json& json) {
  RestartState state;
  state.restart = json.at("restart").get<std::uint64_t>();
  const auto status = json.at("status").get<unsigned>();
  if (status > static_cast<unsigned>(RestartStatus::diverged)) {
    throw Error(ErrorKind::data,
                fmt::format("restart {} has the unknown status {}", state.restart, status));
  }
  state.status = static_cast<RestartStatus>(status);
  state.iteration = json.at("iteration").get<std::uint64_t>();
  state.level = json.at("level").get<std::size_t>();
  state.cost = std::bit_cast<double>(json.at("cost").get<std::uint64_t>());
  state.soft_error = std::bit_cast<double>(json.at("soft-error").get<std::uint64_t>());
  state.parameters = unpack(json.at("parameters"));
  state.adam_first = unpack(json.at("adam-first"));
  state.adam_second = unpack(json.at("adam-second"));
  state.random = json.at("random").get<std::array<std::uint64_t, 4>>();
  state.best = score_from(json.at("best"));
  state.best_parameters = unpack(json.at("best-parameters"));
  return state;
}

template <typename States>
Json to_json_list(const States& states) {
  Json list = Json::array();
  for (const RestartState& state : states) {
    list.push_back(to_json(state));
  }
  return list;
}

std::vector<RestartState> restarts_from(const Json& list) {
  std::vector<RestartState> states;
  for (const Json& item : list) {
    states.push_back(restart_from(item));
  }
  return states;
}

std::vector<std::uint8_t> read_bytes(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) {
    throw Error(ErrorKind::io,
                fmt::format("{}: cannot read the checkpoint: {}", path, error.message()));
  }
  if (size > max_bytes) {
    throw Error(ErrorKind::data,
                fmt::format("{}: {} bytes are too many for a checkpoint", path, size));
  }
  std::vector<std::uint8_t> bytes(size);
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  if (!file) {
    throw Error(ErrorKind::io, fmt::format("{}: cannot read the checkpoint", path));
  }
  return bytes;
}

}  // namespace

void write_checkpoint(const Checkpoint& checkpoint, const std::string& path) {
  const Json json = {{"format", format_name},
                     {"version", format_version},
                     {"task", checkpoint.task},
                     {"settings", checkpoint.settings},
                     {"next-restart", checkpoint.next_restart},
                     {"restarts-done", checkpoint.restarts_done},
                     {"diverged", checkpoint.diverged},
                     {"seconds", checkpoint.seconds},
                     {"running", to_json_list(checkpoint.running)},
                     {"best", to_json_list(checkpoint.best)}};
  const std::vector<std::uint8_t> bytes = Json::to_cbor(json);
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(bytes)));
  file.commit();
}

Checkpoint read_checkpoint(const std::string& path) {
  try {
    const Json json = Json::from_cbor(read_bytes(path));
    if (json.at("format") != format_name || json.at("version") != format_version) {
      throw Error(ErrorKind::data, "it is of another format or version");
    }
    Checkpoint checkpoint;
    checkpoint.task = json.at("task").get<std::string>();
    checkpoint.settings = json.at("settings").get<std::string>();
    checkpoint.next_restart = json.at("next-restart").get<std::uint64_t>();
    checkpoint.restarts_done = json.at("restarts-done").get<std::uint64_t>();
    checkpoint.diverged = json.at("diverged").get<std::uint64_t>();
    checkpoint.seconds = json.at("seconds").get<double>();
    checkpoint.running = restarts_from(json.at("running"));
    checkpoint.best = restarts_from(json.at("best"));
    return checkpoint;
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::data,
                fmt::format("{}: not a checkpoint, or a damaged one: {}", path, error.what()));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::io) {
      throw;
    }
    throw Error(ErrorKind::data, fmt::format("{}: damaged checkpoint: {}", path, error.what()));
  }
}

}  // namespace nram
