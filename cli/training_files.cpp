#include "training_files.hpp"

#include "output.hpp"
#include "output_file.hpp"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/atomic_file.hpp>
#include <nram/model-io/model_file.hpp>

namespace nram::cli {
namespace {

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

/// Saves a model that cannot be written where it should be; empty if that fails, too.
std::string rescue(const Model& model) {
  std::error_code error;
  std::string directory = (std::filesystem::temp_directory_path(error) / "nram-XXXXXX").string();
  if (error || ::mkdtemp(directory.data()) == nullptr) {
    return {};
  }
  const std::string path = directory + "/model.safetensors";
  try {
    write_model(model, path);
    return path;
  } catch (const Error&) {  // the first error is the one to be told
    return {};
  }
}

}  // namespace

TrainingFiles::TrainingFiles(const TrainingPaths& paths) : output_(paths.output) {
  const UsedFile examples{"the examples", paths.examples};
  const UsedFile log{"the log", paths.log};
  const UsedFile warm_start{"what training begins from", paths.warm_start};
  require_output(output_, FileKind::model, {examples, log, warm_start});
  if (!paths.log.empty()) {
    require_distinct(paths.log, {examples, warm_start});
  }
  if (paths.no_checkpoint) {
    return;
  }
  if (!is_regular_output(output_)) {
    if (paths.resume) {
      throw Error(ErrorKind::usage,
                  fmt::format("--resume goes on from MODEL.checkpoint, but {} is no file; name the "
                              "model's file with -o",
                              output_));
    }
    return;
  }
  const std::string checkpoint = output_ + ".checkpoint";
  require_distinct(checkpoint, {examples, log, warm_start});
  if (!paths.resume && exists(checkpoint)) {
    throw Error(ErrorKind::usage,
                fmt::format("{} exists: an earlier search has left it, and a new one would "
                            "overwrite it; go on from it with --resume, remove it, or give another "
                            "-o or --no-checkpoint",
                            checkpoint));
  }
  try {
    require_writable(checkpoint);
    checkpoint_ = checkpoint;
  } catch (const Error& error) {
    if (paths.resume) {
      throw;
    }
    complain(fmt::format("{}; there will be no checkpoints", error.what()));
  }
}

void TrainingFiles::store(const TrainResult& result) const {
  try {
    write_model(result.model, output_);
  } catch (const Error& error) {
    const std::string saved = rescue(result.model);
    if (saved.empty()) {
      throw;
    }
    throw Error(error.kind(), fmt::format("{}; the model is in {} instead", error.what(), saved));
  }
  const TrainEnd end = result.report.end;
  const bool over = end == TrainEnd::solved || end == TrainEnd::attempts_exhausted;
  if (over && !checkpoint_.empty()) {
    std::error_code ignored;  // there may be none
    std::filesystem::remove(checkpoint_, ignored);
  }
}

}  // namespace nram::cli
