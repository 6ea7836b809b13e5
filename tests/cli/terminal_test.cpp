// What fits a terminal: help within its width, and a progress line that keeps what matters.

#include "fixtures.hpp"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace nram::test {
namespace {

TEST_CASE("help wraps to the width of the terminal") {
  for (const std::size_t width : {50U, 80U, 133U}) {
    std::size_t longest = 0;
    for (const std::string verb : {"", "train", "run", "eval", "example", "export", "inspect"}) {
      const Ended help = shell("COLUMNS=" + std::to_string(width) + " nram " + verb + " --help");
      REQUIRE(help.exit_code == 0);
      std::istringstream lines(help.out);
      for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        const bool is_command = line.starts_with("  nram ") || line.starts_with("  echo ");
        CHECK((is_command || line.size() <= width));
        longest = std::max(longest, is_command ? 0 : line.size());
      }
    }
    CHECK(longest > width - 10);  // and it uses the width
  }
  const Ended usual = shell("env -u COLUMNS nram train --help");
  CHECK(usual.out == shell("COLUMNS=80 nram train --help").out);
  CHECK(usual.out == shell("COLUMNS=wide nram train --help").out);
}

/// What a search of so many seconds writes to a terminal of that width: the states of its progress
/// line.
std::vector<std::string> progress_lines_of(std::size_t width, const std::string& options,
                                           const std::string& seconds) {
  const ScratchDirectory directory;
  const std::string command = "stty cols " + std::to_string(width) +
                              "; nram train --task merge --registers 3 --no-checkpoint "
                              "--time " +
                              seconds + " -o m.st " + options + " >/dev/null";
  shell("script -qec '" + command + "' shown >/dev/null", {.directory = directory.path()});
  const std::string shown = read_text(directory / "shown");
  constexpr std::string_view erase = "\r\x1b[K";
  std::vector<std::string> lines;
  for (std::size_t at = shown.find(erase); at != std::string::npos;) {
    const std::size_t begin = at + erase.size();
    at = shown.find(erase, begin);
    if (at != std::string::npos) {
      lines.push_back(shown.substr(begin, at - begin));
    }
  }
  return lines;
}

/// The same, of a search that takes as long as this computer needs for two lines at least.
std::vector<std::string> progress_lines(std::size_t width, const std::string& options) {
  std::vector<std::string> lines;
  for (const std::string seconds : {"1.2", "6", "30"}) {
    lines = progress_lines_of(width, options, seconds);
    if (lines.size() >= 2) {
      break;
    }
  }
  return lines;
}

bool begins_with_clock(const std::string& line) {
  return line.size() > 4 && line[1] == ':' &&
         std::isdigit(static_cast<unsigned char>(line[0])) != 0;
}

const bool has_script = shell("command -v script && command -v stty").exit_code == 0;

TEST_CASE("the progress line fits, and keeps time, attempt and best" * doctest::skip(!has_script)) {
  for (const std::size_t width : {150U, 80U, 45U, 20U}) {
    CAPTURE(width);
    const std::vector<std::string> lines = progress_lines(width, "");
    REQUIRE(lines.size() >= 2);
    for (const std::string& line : lines) {
      CAPTURE(line);
      CHECK(line.size() < width);
      CHECK(begins_with_clock(line));
      CHECK(line.find(width >= 80 ? "attempt " : "#") != std::string::npos);
      CHECK(line.find(" %") != std::string::npos);
      CHECK((line.find("cost ") != std::string::npos) == (width == 150));
    }
  }
}

TEST_CASE("the progress line of a search whose cost explodes stays short" *
          doctest::skip(!has_script)) {
  const std::vector<std::string> lines =
      progress_lines(150, "--no-annealing --no-automata --no-vary --ponder-cost 1e9");
  REQUIRE_FALSE(lines.empty());
  CHECK(lines.back().find("e+") != std::string::npos);
  for (const std::string& line : lines) {
    CAPTURE(line);
    std::size_t digits = 0;
    for (const char c : line) {
      digits = std::isdigit(static_cast<unsigned char>(c)) != 0 ? digits + 1 : 0;
      CHECK(digits <= 10);
    }
  }
}

TEST_CASE("no progress line where lines cannot be rewritten" * doctest::skip(!has_script)) {
  const ScratchDirectory directory;
  shell(
      "script -qec 'TERM=dumb nram train --task merge --registers 3 --no-checkpoint --time 1 "
      "-o m.st >/dev/null' shown >/dev/null",
      {.directory = directory.path()});
  CHECK(read_text(directory / "shown").find('\x1b') == std::string::npos);
}

}  // namespace
}  // namespace nram::test
