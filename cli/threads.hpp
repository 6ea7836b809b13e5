#pragma once

#include <optional>

#include <oneapi/tbb/global_control.h>

namespace nram::cli {

/// Limits the threads of everything parallel while it lives; 0 = as many as there are cores.
class ThreadLimit {
 public:
  explicit ThreadLimit(unsigned threads) {
    if (threads != 0) {
      control_.emplace(tbb::global_control::max_allowed_parallelism, threads);
    }
  }

  /// The number of threads in force.
  static unsigned in_force() {
    return static_cast<unsigned>(
        tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism));
  }

 private:
  std::optional<tbb::global_control> control_;
};

}  // namespace nram::cli
