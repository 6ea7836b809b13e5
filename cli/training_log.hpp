#pragma once

#include "output.hpp"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <nram/trainer/train.hpp>

namespace nram::cli {

/// By kind of change that the discrete search proposes: how often it was proposed, accepted and an
/// improvement. As reports and logs have it.
Json move_counts_json(const std::vector<MoveCount>& moves);

/// A file of JSON lines, one for each slice of work that a search has done. What cannot be
/// written does not end the search: a message says so, once, and the log ends there.
class TrainingLog {
 public:
  /// Goes on at the end of the file if `append`, else replaces it. Throws Error(io) if it cannot be
  /// opened.
  TrainingLog(const std::string& path, bool append);

  void add(const TrainProgress& progress);

 private:
  struct Closing {
    void operator()(std::FILE* file) const { (void)std::fclose(file); }
  };

  std::string path_;
  std::unique_ptr<std::FILE, Closing> file_;
};

}  // namespace nram::cli
