#pragma once

#include <string>

#include <nram/model-io/model.hpp>
#include <nram/trainer/train.hpp>

namespace nram::cli {

/// Where a training run reads and writes.
struct TrainingPaths {
  std::string examples;  ///< empty for a built-in task
  std::string output;
  std::string log;         ///< empty for none
  std::string warm_start;  ///< likewise
  bool resume = false;
  bool no_checkpoint = false;
};

/// The files of a training run: made sure of before the work, and in order after it. Nothing is
/// overwritten but the output and the log, and nothing learned is lost if one cannot be written.
class TrainingFiles {
 public:
  /// Checks all places. Throws Error(usage) if two of them are the same file, if there is a
  /// checkpoint already that the run is not to go on from, or for --resume without a place for one;
  /// Error(io) if the output cannot be written. Says so if there will be no checkpoints.
  explicit TrainingFiles(const TrainingPaths& paths);

  /// The file for TrainOptions::checkpoint; empty for none.
  [[nodiscard]] const std::string& checkpoint() const { return checkpoint_; }

  /// Writes the model; then removes the checkpoint if nothing is left to go on with. Throws
  /// Error(io), telling where the model has been saved instead.
  void store(const TrainResult& result) const;

 private:
  std::string output_;
  std::string checkpoint_{};
};

}  // namespace nram::cli
