// What happens when the world interferes: Ctrl-C, a full disk, a reader that goes away.

#include "fixtures.hpp"

#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include <doctest/doctest.h>

namespace nram::test {
namespace {

using namespace std::chrono_literals;

void pause_for(std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }

TEST_CASE("Ctrl-C ends a run with exit code 130 and leaves files as they were") {
  const ScratchDirectory directory;
  const std::string program = endless_program(directory);
  write_text(directory / "in.txt", "0 0 0 0\n");
  write_text(directory / "out.txt", "precious\n");
  const auto before = directory.names();
  for (const int signal : {SIGINT, SIGTERM}) {
    Process process({nram_path(), "run", program, directory / "in.txt", "-o", directory / "out.txt",
                     "--steps", "1000000000000000"});
    pause_for(300ms);
    process.send(signal);
    const Ended ended = process.wait();
    CHECK(ended.exit_code == 130);
    CHECK(ended.err.find("interrupted") != std::string::npos);
    CHECK(directory.names() == before);
    CHECK(read_text(directory / "out.txt") == "precious\n");
  }
}

TEST_CASE("Ctrl-C ends a batch and an evaluation" * doctest::test_suite("parallel")) {
  const ScratchDirectory directory;
  const std::string program = endless_program(directory);
  std::string input;
  for (int i = 0; i < 50; ++i) {
    input += "0 0 0 0\n";
  }
  Process batch({nram_path(), "run", program, "-", "-o", "-", "--steps", "1000000000000000"},
                {.input = input});
  Process evaluation(
      {nram_path(), "eval", program, "--task", "copy", "--length", "100000", "--count", "1000000"});
  pause_for(300ms);
  batch.send(SIGINT);
  evaluation.send(SIGINT);
  CHECK(batch.wait().exit_code == 130);
  CHECK(evaluation.wait().exit_code == 130);
}

TEST_CASE("a full disk: exit code 3, a plain reason, no half of a file") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "copy");
  CHECK(nram({"example", "copy", "--length", "50000", "-o", directory / "in.npy"}).exit_code == 0);
  write_text(directory / "out.npy", "precious");
  const auto before = directory.names();

  const Ended device = nram({"run", program, directory / "in.npy", "-o", "/dev/full"});
  CHECK(device.exit_code == 3);
  CHECK(device.err.find("No space left on device") != std::string::npos);

  // 100 blocks of 1 KiB, where the array needs 800 KB.
  for (const std::string command :
       {"nram run copy.json in.npy -o out.npy", "nram example copy --length 50000 -o out.npy"}) {
    const Ended limited = shell("ulimit -f 100; " + command, {.directory = directory.path()});
    CAPTURE(limited.err);
    CHECK(limited.exit_code == 3);
    CHECK(limited.err.find("File too large") != std::string::npos);
    CHECK(directory.names() == before);
    CHECK(read_text(directory / "out.npy") == "precious");
  }
}

TEST_CASE("a reader that goes away ends the command like any other") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "increment");
  const Ended ended =
      shell("set -o pipefail; nram example copy --length 100000 --count 5 -o - | head -c 10");
  CHECK(ended.exit_code == 128 + SIGPIPE);
}

}  // namespace
}  // namespace nram::test
