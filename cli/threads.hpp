#pragma once

#include <optional>

#include <CLI/CLI.hpp>
#include <oneapi/tbb/global_control.h>

namespace nram::cli {

/// Adds `--threads N` to a verb; 0, the default, means as many as there are cores.
void add_threads(CLI::App& verb, unsigned& threads);

/// Limits the threads of everything parallel while it lives; 0 does not.
class ThreadLimit {
 public:
  explicit ThreadLimit(unsigned threads);

  /// The number of threads in force.
  static unsigned in_force();

 private:
  std::optional<tbb::global_control> control_;
};

}  // namespace nram::cli
