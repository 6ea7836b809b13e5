#include "checkpoint.hpp"

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
constexpr unsigned format_version = 1;
// A model's weights a few times over; anything near this is not a checkpoint of ours.
constexpr std::uintmax_t max_bytes = std::uintmax_t{1} << 30U;

Json to_json(const std::vector<Checkpoint::SavedAttempt>& attempts) {
  Json list = Json::array();
  for (const auto& attempt : attempts) {
    list.push_back(Json::binary(attempt));
  }
  return list;
}

std::vector<Checkpoint::SavedAttempt> attempts_from(const Json& list) {
  std::vector<Checkpoint::SavedAttempt> attempts;
  for (const Json& item : list) {
    attempts.push_back(item.get_binary());
  }
  return attempts;
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
  const std::vector<std::uint8_t> bytes =
      Json::to_cbor({{"format", format_name},
                     {"version", format_version},
                     {"task", checkpoint.task},
                     {"settings", checkpoint.settings},
                     {"next-attempt", checkpoint.next_attempt},
                     {"attempts-done", checkpoint.attempts_done},
                     {"diverged", checkpoint.diverged},
                     {"seconds", checkpoint.seconds},
                     {"running", to_json(checkpoint.running)},
                     {"best", to_json(checkpoint.best)}});
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(bytes)));
  file.commit();
}

Checkpoint read_checkpoint(const std::string& path) {
  const std::vector<std::uint8_t> bytes = read_bytes(path);
  try {
    const Json json = Json::from_cbor(bytes);
    if (json.at("format") != format_name || json.at("version") != format_version) {
      throw Error(ErrorKind::data,
                  fmt::format("{}: not a checkpoint of this version of nram; start afresh without "
                              "--resume",
                              path));
    }
    Checkpoint checkpoint;
    checkpoint.task = json.at("task").get<std::string>();
    checkpoint.settings = json.at("settings").get<std::string>();
    checkpoint.next_attempt = json.at("next-attempt").get<std::uint64_t>();
    checkpoint.attempts_done = json.at("attempts-done").get<std::uint64_t>();
    checkpoint.diverged = json.at("diverged").get<std::uint64_t>();
    checkpoint.seconds = json.at("seconds").get<double>();
    checkpoint.running = attempts_from(json.at("running"));
    checkpoint.best = attempts_from(json.at("best"));
    return checkpoint;
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::data,
                fmt::format("{}: not a checkpoint, or a damaged one ({}); start afresh without "
                            "--resume",
                            path, error.what()));
  }
}

}  // namespace nram
