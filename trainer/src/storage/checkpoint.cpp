#include "storage/checkpoint.hpp"

#include "storage/cbor.hpp"
#include "storage/saved_state.hpp"

#include <filesystem>
#include <fstream>
#include <span>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <nram/engine/error.hpp>
#include <nram/model-io/atomic_file.hpp>
#include <nram/model-io/file_kind.hpp>

namespace nram {
namespace {

constexpr const char* format_name = "nram-checkpoint";
constexpr unsigned format_version = 7;
// A model's weights a few times over; anything near this is not a checkpoint of ours.
constexpr double most_seconds = 1e12;
constexpr std::uint64_t most_price = 1000;  // of a unit of work; far above all that there are
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
  Json solved = Json::array();
  for (const Checkpoint::Best& one : checkpoint.solved) {
    solved.push_back({{"clock", one.clock}, {"attempt", Json::binary(one.attempt)}});
  }
  return {{"format", format_name},
          {"version", format_version},
          {"task", checkpoint.search.task},
          {"settings", checkpoint.search.settings},
          {"modules", checkpoint.search.modules},
          {"order", checkpoint.search.order},
          {"arithmetic", checkpoint.search.arithmetic},
          {"attempts-done", checkpoint.attempts_done},
          {"diverged", checkpoint.diverged},
          {"seconds", checkpoint.seconds},
          {"slots", slots},
          {"best", best},
          {"solved", solved}};
}

Checkpoint checkpoint_from(const Json& json) {
  Checkpoint checkpoint;
  json.at("task").get_to(checkpoint.search.task);
  json.at("settings").get_to(checkpoint.search.settings);
  json.at("modules").get_to(checkpoint.search.modules);
  json.at("order").get_to(checkpoint.search.order);
  json.at("arithmetic").get_to(checkpoint.search.arithmetic);
  checkpoint.attempts_done = count_from(json.at("attempts-done"));
  checkpoint.diverged = count_from(json.at("diverged"), checkpoint.attempts_done);
  json.at("seconds").get_to(checkpoint.seconds);
  if (!(checkpoint.seconds >= 0.0 && checkpoint.seconds <= most_seconds)) {
    throw Error(ErrorKind::data, "the time spent so far is not one");
  }
  for (const Json& slot : json.at("slots")) {
    checkpoint.slots.push_back({count_from(slot.at("clock")),
                                count_from(slot.at("price"), most_price),
                                slot.at("done").get<bool>(), slot.at("attempt").get_binary()});
  }
  if (const Json& best = json.at("best"); !best.is_null()) {
    checkpoint.best = {count_from(best.at("clock")), best.at("attempt").get_binary()};
  }
  for (const Json& one : json.at("solved")) {
    checkpoint.solved.push_back({count_from(one.at("clock")), one.at("attempt").get_binary()});
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
    const std::string_view content = name_of_content(path);
    if (!content.empty() && content.find("checkpoint") == std::string_view::npos) {
      return Error(ErrorKind::data, fmt::format("{}: this is {}, not a checkpoint; start afresh "
                                                "without --resume",
                                                path, content));
    }
    return Error(ErrorKind::data,
                 fmt::format("{}: not a checkpoint, or a damaged one ({}); start afresh without "
                             "--resume",
                             path, error.what()));
  };
  Json json;
  std::uint64_t version = 0;
  try {
    json = parse_cbor(read_bytes(path));
    if (json.at("format") != format_name) {
      throw Error(ErrorKind::data, "its format has another name");
    }
    version = count_from(json.at("version"));
    if (version == format_version) {
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
              fmt::format("{}: a checkpoint of another version of nram (its format is {}, this one "
                          "reads {}); resume with that version, or start afresh without --resume",
                          path, version, format_version));
}

}  // namespace nram
