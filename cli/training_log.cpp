#include "training_log.hpp"

#include "output.hpp"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <nram/engine/error.hpp>

namespace nram::cli {

Json move_counts_json(const std::vector<MoveCount>& moves) {
  Json json = Json::object();
  for (const MoveCount& move : moves) {
    json[std::string(move.name)] = {
        {"proposed", move.proposed}, {"accepted", move.accepted}, {"improved", move.improved}};
  }
  return json;
}

TrainingLog::TrainingLog(const std::string& path, bool append)
    : path_(path), file_(std::fopen(path.c_str(), append ? "a" : "w")) {
  if (!file_) {
    throw Error(ErrorKind::io, fmt::format("{}: cannot write a log there: {}; choose another "
                                           "place with --log, or leave it out",
                                           path, std::strerror(errno)));
  }
}

void TrainingLog::add(const TrainProgress& progress) {
  if (!file_) {
    return;
  }
  const AttemptProgress& attempt = progress.running;
  nlohmann::ordered_json line{{"seconds", progress.seconds}, {"attempt", attempt.number},
                              {"arm", name_of(attempt.arm)}, {"status", name_of(attempt.status)},
                              {"work", attempt.work},        {"level", attempt.level},
                              {"cost", attempt.cost}};
  if (attempt.best.accuracy >= 0.0) {
    line["accuracy"] = attempt.best.accuracy;
    line["stops"] = attempt.best.stops;
    line["clean"] = attempt.best.clean;
  }
  // What became of the search's proposals, once the attempt has ended.
  const bool has_ended =
      attempt.status != AttemptStatus::running && attempt.status != AttemptStatus::polishing;
  if (has_ended && !attempt.moves.empty()) {
    line["moves"] = move_counts_json(attempt.moves);
  }
  const std::string text = line.dump() + "\n";
  if (std::fputs(text.c_str(), file_.get()) == EOF || std::fflush(file_.get()) != 0) {
    complain(
        fmt::format("{}: {}; the log ends here, training goes on", path_, std::strerror(errno)));
    file_.reset();
  }
}

}  // namespace nram::cli
