#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <span>
#include <string>

namespace nram::cli {

/// A part of a progress line.
struct ProgressPart {
  std::string text{};
  std::string brief{};  ///< where there is hardly any room; empty: left out there
};

/// The parts, of which the first ones matter most, in one line of at most `width` characters: as
/// many of them as there is room for; the brief ones if that is not even so for all that have one.
std::string progress_line(std::span<const ProgressPart> parts, std::size_t width);

/// One line on standard error that is rewritten in place, a few times a second; nothing at all
/// unless standard error is a terminal that can do so (TERM is not `dumb`). Its destructor wipes
/// it, so that what follows starts on a clean line.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Whether it is time to show something new; costs a look at the clock. From any thread, and
  /// false for all but one of those that ask at the same time.
  bool due();
  /// Rewrites the line, within the width that the terminal has now.
  void show(std::span<const ProgressPart> parts);

 private:
  bool visible_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point next_;
  bool drawn_ = false;
};

/// A time as "1:05" or "2:00:30"; "?" if it is none, or above some months.
std::string clock_text(double seconds);

/// The time left when `done` of `total` took `seconds`, as "1:05" or "2:00:30"; "?" if unknown.
std::string time_left(double done, double total, double seconds);

/// A number with three digits behind the point, or two and an exponent if it is large: never longer
/// than some ten characters.
std::string number_text(double number);

}  // namespace nram::cli
