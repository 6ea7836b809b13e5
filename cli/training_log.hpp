#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include <nram/trainer/train.hpp>

namespace nram::cli {

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
