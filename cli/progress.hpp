#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

namespace nram::cli {

/// One line on standard error that is rewritten in place, a few times a second; nothing at all
/// unless standard error is a terminal. Its destructor wipes it, so that what follows starts on a
/// clean line.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Whether it is time to show something new; costs a look at the clock. From any thread, and
  /// false for all but one of those that ask at the same time.
  bool due();
  /// Rewrites the line; what does not fit the terminal is cut off.
  void show(std::string_view text);

 private:
  bool visible_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point next_;
  bool drawn_ = false;
};

/// The time left when `done` of `total` took `seconds`, as "1:05" or "2:00:30"; "?" if unknown.
std::string time_left(double done, double total, double seconds);

}  // namespace nram::cli
