#include "progress.hpp"

#include "terminal.hpp"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

namespace nram::cli {
namespace {

constexpr auto interval = std::chrono::milliseconds(200);
constexpr auto erase_line = "\r\x1b[K";

// The last column stays free: some terminals go on in the next line at once.
std::size_t line_width() {
  constexpr std::size_t usual = 79;
  const std::size_t width = terminal_width(STDERR_FILENO);
  return width > 1 ? width - 1 : usual;
}

bool can_rewrite_lines() {
  const char* const terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) != 0 &&
         (terminal == nullptr || std::string_view(terminal) != "dumb");
}

// As many of these, from the first one on, as a line has room for; nothing if `least` do not fit.
std::string line_of(std::span<const std::string> texts, std::size_t width, std::size_t least) {
  constexpr std::string_view between = "  ";
  std::string line;
  for (const std::string& text : texts) {
    const std::size_t size = line.size() + (line.empty() ? 0 : between.size()) + text.size();
    if (size > width) {
      return least == 0 ? line : std::string();
    }
    line += (line.empty() ? "" : std::string(between)) + text;
    least -= least == 0 ? 0 : 1;
  }
  return line;
}

}  // namespace

std::string progress_line(std::span<const ProgressPart> parts, std::size_t width) {
  std::vector<std::string> full;
  std::vector<std::string> brief;
  for (const ProgressPart& part : parts) {
    full.push_back(part.text);
    if (!part.brief.empty()) {
      brief.push_back(part.brief);
    }
  }
  const std::string line = line_of(full, width, brief.size());
  return line.empty() ? line_of(brief, width, 0) : line;
}

// The first line comes after one interval: what is over by then needs none.
ProgressLine::ProgressLine()
    : visible_(can_rewrite_lines()), next_(std::chrono::steady_clock::now() + interval) {}

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

void ProgressLine::show(std::span<const ProgressPart> parts) {
  if (!visible_) {
    return;
  }
  const std::lock_guard lock(mutex_);
  drawn_ = true;
  const std::string line = erase_line + progress_line(parts, line_width());
  std::fwrite(line.data(), 1, line.size(), stderr);
}

std::string clock_text(double seconds) {
  constexpr double longest = 1e7;
  if (!(seconds >= 0 && seconds < longest)) {
    return "?";
  }
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  const auto hours = whole / 3600;
  const auto minutes = whole / 60 % 60;
  return hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60)
                   : fmt::format("{}:{:02}", minutes, whole % 60);
}

std::string time_left(double done, double total, double seconds) {
  return done > 0 ? clock_text(seconds / done * (total - done)) : "?";
}

std::string number_text(double number) {
  constexpr double large = 1e6;
  return std::abs(number) < large ? fmt::format("{:.3f}", number) : fmt::format("{:.2e}", number);
}

}  // namespace nram::cli
