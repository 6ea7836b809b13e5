// Where the system allows less than usual: no native code, no threads.

#include "fixtures.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <nram/engine/executor.hpp>

namespace nram::test {
namespace {

// Sanitizers need both.
constexpr bool can_be_limited = !sanitized;
constexpr int cannot_limit = 77;

Ended limited(const std::string& what, const std::vector<std::string>& arguments) {
  std::vector<std::string> all{LIMITED_COMMAND, what, nram_path()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return Process(all).wait();
}

std::string sample(const std::string& name) {
  return NRAM_SOURCE_DIR "/samples/programs/" + name + ".json";
}

// An input that takes so many steps that the automatic engine compiles, and what comes out.
struct LongRun {
  ScratchDirectory directory;
  std::string input = directory / "in.npy";
  std::string output = directory / "out.npy";
  std::string expected;

  LongRun() {
    std::filesystem::permissions(directory.path(), std::filesystem::perms::all);
    REQUIRE(nram({"example", "merge", "--length", "1500000", "-o", input}).exit_code == 0);
    REQUIRE(
        nram({"run", sample("merge"), input, "-o", output, "--engine", "interpreter"}).exit_code ==
        0);
    expected = read_text(output);
    std::filesystem::remove(output);
  }
};

}  // namespace

TEST_CASE("where native code is not allowed, auto goes on in the interpreter") {
  if (!can_be_limited || !jit_available()) {
    return;
  }
  const LongRun run;
  Ended ended = limited("no-code", {"run", sample("merge"), run.input, "-o", run.output, "--json"});
  if (ended.exit_code == cannot_limit) {
    MESSAGE("this kernel cannot forbid native code");
    return;
  }
  CAPTURE(ended.err);
  REQUIRE(ended.exit_code == 0);
  CHECK(report_of(ended)["engine"] == "interpreter");
  CHECK((read_text(run.output) == run.expected));

  const std::string before = read_text(run.input);
  ended = limited("no-code", {"run", sample("merge"), run.input, "--in-place", "--engine", "jit"});
  CHECK(ended.exit_code == 2);
  CHECK(ended.err.find("native code") != std::string::npos);
  CHECK(ended.err.find("in.npy is as it was") != std::string::npos);
  CHECK((read_text(run.input) == before));

  ended = limited("no-code", {"run", sample("merge"), run.input, "--in-place"});
  CAPTURE(ended.err);
  CHECK(ended.exit_code == 0);
  CHECK((read_text(run.input) == run.expected));
}

TEST_CASE("where no thread can be started, one does all the work") {
  if (!can_be_limited) {
    return;
  }
  const ScratchDirectory directory;
  std::filesystem::permissions(directory.path(), std::filesystem::perms::all);
  const std::string rows = directory / "rows.npy";
  REQUIRE(nram({"example", "copy", "--length", "1000", "--count", "400", "-o", rows}).exit_code ==
          0);
  std::filesystem::permissions(rows, std::filesystem::perms::all);
  const std::vector<std::vector<std::string>> commands = {
      {"run", sample("copy"), rows, "-o", directory / "out.npy", "--threads", "4"},
      {"run", sample("copy"), rows, "-o", directory / "out.npy", "--threads", "1"},
      {"eval", sample("copy"), "--task", "copy", "--count", "500", "--length", "50", "--threads",
       "4"},
      {"train", "--task", "access", "--no-minimise", "--seed", "3", "--threads", "3", "-o",
       directory / "m.st"},
      {"train", "--task", "access", "--no-minimise", "--seed", "3", "--threads", "1", "-o",
       directory / "n.st"}};
  for (const std::vector<std::string>& command : commands) {
    CAPTURE(command);
    const Ended ended = limited("no-threads", command);
    if (ended.exit_code == cannot_limit) {
      MESSAGE("this system cannot forbid threads");
      return;
    }
    CAPTURE(ended.err);
    CHECK(ended.exit_code == 0);
  }
  CHECK((read_text(directory / "m.st") == read_text(directory / "n.st")));
}

}  // namespace nram::test
