// Signals take effect within a second, whatever a verb is doing.

#include "fixtures.hpp"

#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <sys/stat.h>

namespace nram::test {
namespace {

using InterruptClock = std::chrono::steady_clock;

// How a process ends that gets SIGTERM after a while.
Ended ended_by_signal(const std::vector<std::string>& arguments) {
  std::vector<std::string> command{nram_path()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  Process process(command);
  std::this_thread::sleep_for(std::chrono::milliseconds(sanitized ? 1500 : 300));
  process.send(SIGTERM);
  const auto sent = InterruptClock::now();
  const std::chrono::seconds most(sanitized ? 20 : 3);
  Ended ended = process.wait(2 * most);  // many of them hang if one does
  CHECK(InterruptClock::now() - sent < most);
  return ended;
}

TEST_CASE("a signal ends every verb that waits for a file which never comes to an end") {
  const ScratchDirectory directory;
  const std::string never = directory / "never";
  REQUIRE(mkfifo(never.c_str(), 0600) == 0);
  const std::string program = NRAM_SOURCE_DIR "/samples/programs/copy.json";
  const std::string o = directory / "o";
  const std::vector<std::vector<std::string>> commands = {
      {"inspect", never},
      {"inspect", never, "--svg", directory / "pictures"},
      {"export", never, "-o", o},
      {"export", never, "--to", "object", "-o", directory / "o.o"},
      {"run", never, program, "-o", "-"},
      {"run", program, never, "-o", "-"},
      {"eval", never, "--task", "copy"},
      {"eval", program, "--examples", never},
      {"minimise", never, "--task", "copy", "-o", o},
      {"minimise", program, "--examples", never, "-o", o},
      {"train", "--examples", never, "-o", o},
      {"train", "--task", "copy", "--warm-start", never, "-o", o},
      {"examples", never, never, "-o", o},
      {"example", "copy", "--check", never},
      {"example", "copy", "-o", never},
      {"curves", never, "-o", o},
  };
  for (const std::vector<std::string>& arguments : commands) {
    CAPTURE(arguments[0]);
    CAPTURE(arguments[1]);
    const Ended ended = ended_by_signal(arguments);
    CHECK(ended.exit_code == 130);
    CHECK(ended.err.find("interrupted") != std::string::npos);
  }
  CHECK(directory.names() == std::vector<std::string>{"never"});
}

TEST_CASE("a signal that ends learning leaves the best model, and time to say so") {
  const ScratchDirectory directory;
  const Ended ended = ended_by_signal(
      {"train", "--task", "merge", "--threads", "1", "--seed", "6", "-o", directory / "m.st"});
  CHECK(ended.exit_code == 130);
  CHECK(ended.err.find("--resume goes on") != std::string::npos);
  CHECK(directory.names() == std::vector<std::string>{"m.st", "m.st.checkpoint"});
}

}  // namespace
}  // namespace nram::test
