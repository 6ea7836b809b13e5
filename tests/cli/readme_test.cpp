// The commands of the README do what it shows: every `$ ` line of its ```console blocks is run, in
// order, in one directory, in which there are the samples, and the lines below it must be what
// comes out ("..." stands for any text).

#include "fixtures.hpp"

#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace nram::test {
namespace {

struct ShownCommand {
  std::string command;
  std::vector<std::string> output;
};

std::vector<ShownCommand> console_commands(const std::string& markdown) {
  std::vector<ShownCommand> shown;
  std::istringstream lines(markdown);
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      inside = line == "```console";
    } else if (inside && line.starts_with("$ ")) {
      shown.push_back({line.substr(2), {}});
    } else if (inside && !shown.empty()) {
      shown.back().output.push_back(line);
    }
  }
  return shown;
}

bool matches(const std::string& pattern, const std::string& text) {
  std::size_t at = 0;
  std::size_t begin = 0;
  for (bool first = true;; first = false) {
    const std::size_t dots = pattern.find("...", begin);
    const std::string part = pattern.substr(begin, dots - begin);
    const std::size_t found = text.find(part, at);
    if (found == std::string::npos || (first && found != 0)) {
      return false;
    }
    at = found + part.size();
    if (dots == std::string::npos) {
      return at == text.size() || text.ends_with(part);
    }
    begin = dots + 3;
  }
}

// They learn, which takes too long with sanitizers and has tests of its own.
TEST_CASE("the README's commands work as shown" * doctest::skip(sanitized)) {
  const ScratchDirectory directory;
  std::filesystem::create_directory_symlink(NRAM_SOURCE_DIR "/samples", directory / "samples");
  const auto commands = console_commands(read_text(NRAM_SOURCE_DIR "/README.md"));
  REQUIRE(commands.size() >= 5);
  for (const auto& [shown, output] : commands) {
    const auto& command = shown;  // which Clang can capture
    const Ended ended = shell(command, {.directory = directory.path()});
    CAPTURE(command);
    CAPTURE(ended.out);
    CAPTURE(ended.err);
    REQUIRE(ended.exit_code == 0);
    std::istringstream lines(ended.out + ended.err);
    for (const std::string& expected : output) {
      std::string line;
      bool found = false;
      while (!found && std::getline(lines, line)) {
        found = matches(expected, line);
      }
      CHECK_MESSAGE(found, expected);
    }
  }
}

}  // namespace
}  // namespace nram::test
