#include "storage/checkpoint.hpp"

#include "storage/cbor.hpp"

#include <filesystem>
#include <fstream>
#include <span>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <nram/engine/error.hpp>
#include <nram/model-io/atomic_file.hpp>

namespace nram {
namespace {

using Json = nlohmann::json;

constexpr const char* format_name = "nram-checkpoint";
constexpr unsigned format_version = 4;
// A model's weights a few times over; anything near this is not a checkpoint of ours.
constexpr std::uintmax_t max_bytes = std::uintmax_t{1} << 30U;

Json to_json(const Checkpoint& checkpoint) {
  Json slots = Json::array();
  for (const Checkpoint::Slot& slot : checkpoint.slots) {
    slots.push_back({{"clock", slot.clock},
                     {"price", slot.price},
                     {"done", slot.done},
                     {"attempt", Json::binary(slot.attempt)}});
  }
  Json best;
  if (checkpoint.best) {
    best = {{"clock", checkpoint.best->clock}, {"attempt", Json::binary(checkpoint.best->attempt)}};
  }
  return {{"format", format_name},
          {"version", format_version},
          {"task", checkpoint.task},
          {"settings", checkpoint.settings},
          {"attempts-done", checkpoint.attempts_done},
          {"diverged", checkpoint.diverged},
          {"seconds", checkpoint.seconds},
          {"slots", slots},
          {"best", best}};
}

Checkpoint checkpoint_from(const Json& json) {
  Checkpoint checkpoint;
  json.at("task").get_to(checkpoint.task);
  json.at("settings").get_to(checkpoint.settings);
  json.at("attempts-done").get_to(checkpoint.attempts_done);
  json.at("diverged").get_to(checkpoint.diverged);
  json.at("seconds").get_to(checkpoint.seconds);
  for (const Json& slot : json.at("slots")) {
    checkpoint.slots.push_back({slot.at("clock").get<std::uint64_t>(),
                                slot.at("price").get<std::uint64_t>(), slot.at("done").get<bool>(),
                                slot.at("attempt").get_binary()});
  }
  if (const Json& best = json.at("best"); !best.is_null()) {
    checkpoint.best = {best.at("clock").get<std::uint64_t>(), best.at("attempt").get_binary()};
  }
  return checkpoint;
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
  const std::vector<std::uint8_t> bytes = Json::to_cbor(to_json(checkpoint));
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(bytes)));
  file.commit();
}

Checkpoint read_checkpoint(const std::string& path) {
  const auto damaged = [&](const std::exception& error) {
    return Error(ErrorKind::data,
                 fmt::format("{}: not a checkpoint, or a damaged one ({}); start afresh without "
                             "--resume",
                             path, error.what()));
  };
  Json json;
  try {
    json = parse_cbor(read_bytes(path));
    if (json.at("format") == format_name && json.at("version") == format_version) {
      return checkpoint_from(json);
    }
  } catch (const Json::exception& error) {
    throw damaged(error);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::io) {
      throw;
    }
    throw damaged(error);
  }
  throw Error(ErrorKind::data,
              fmt::format("{}: not a checkpoint of this version of nram; start afresh without "
                          "--resume",
                          path));
}

}  // namespace nram
