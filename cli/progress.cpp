#include "progress.hpp"

#include <cmath>
#include <cstdint>
#include <cstdio>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace nram::cli {
namespace {

constexpr auto interval = std::chrono::milliseconds(200);
constexpr auto erase_line = "\r\x1b[K";

std::size_t terminal_width() {
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return known ? size.ws_col - 1U : 79U;
}

}  // namespace

// The first line comes after one interval: what is over by then needs none.
ProgressLine::ProgressLine()
    : visible_(isatty(STDERR_FILENO) != 0), next_(std::chrono::steady_clock::now() + interval) {}

ProgressLine::~ProgressLine() {
  if (drawn_) {
    std::fputs(erase_line, stderr);
  }
}

bool ProgressLine::due() {
  if (!visible_) {
    return false;
  }
  const std::unique_lock lock(mutex_, std::try_to_lock);
  const auto now = std::chrono::steady_clock::now();
  if (!lock || now < next_) {
    return false;
  }
  next_ = now + interval;
  return true;
}

void ProgressLine::show(std::string_view text) {
  if (!visible_) {
    return;
  }
  const std::lock_guard lock(mutex_);
  drawn_ = true;
  const std::string line = erase_line + std::string(text.substr(0, terminal_width()));
  std::fwrite(line.data(), 1, line.size(), stderr);
}

std::string time_left(double done, double total, double seconds) {
  const double left = seconds / done * (total - done);
  constexpr double longest = 1e7;
  if (!(done > 0) || !(left >= 0 && left < longest)) {
    return "?";
  }
  const auto whole = static_cast<std::uint64_t>(std::llround(left));
  const auto hours = whole / 3600;
  const auto minutes = whole / 60 % 60;
  return hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60)
                   : fmt::format("{}:{:02}", minutes, whole % 60);
}

}  // namespace nram::cli
