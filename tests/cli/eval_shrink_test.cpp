// nram eval --shrink: the smallest failure, and the step that went wrong.

#include "fixtures.hpp"

#include <string>

#include <doctest/doctest.h>
#include <support/errors.hpp>
#include <support/program_text.hpp>

#include <nram/model-io/program_file.hpp>

namespace nram::test {
namespace {

const std::string judged = NRAM_SOURCE_DIR "/samples/programs/";

TEST_CASE("a failure on a task becomes small, and the command that is printed shows it") {
  const Ended ended =
      nram({"eval", judged + "copy.json", "--task", "reverse", "--length", "200", "--shrink"});
  CHECK(ended.exit_code == 1);
  // Of one element, copying is reversing.
  CHECK(mentions(ended.out, "an input of reverse with 2 elements", "  expected  - ", "  got  ",
                 "first wrong write: step "));
  const auto report = report_of(nram({"eval", judged + "copy.json", "--task", "reverse", "--length",
                                      "200", "--shrink", "--json"}));
  const auto& smallest = report["smallest_failure"];
  CHECK(smallest["memory"].size() <= 7);
  const auto& wrong = smallest["first_wrong_write"];
  const auto cell = wrong["address"].get<std::size_t>();
  CHECK(smallest["got"][cell] == wrong["value"]);
  CHECK(smallest["expected"][cell] != wrong["value"]);
  CHECK(smallest["wrong_cells"][0] == cell);

  const std::string command = smallest["command"].get<std::string>();
  const Ended shown = shell(command + " --json");
  CAPTURE(command);
  CHECK(shown.exit_code == 0);
  CHECK(mentions(shown.out, "\"step\":" + std::to_string(wrong["step"].get<int>()) + ",",
                 "\"write\":{\"address\":" + std::to_string(cell) +
                     ",\"before\":" + std::to_string(wrong["before"].get<std::uint64_t>()) +
                     ",\"value\":" + std::to_string(wrong["value"].get<std::uint64_t>()) + "}"));
}

TEST_CASE("without a failure there is nothing to shrink") {
  const auto report = report_of(nram({"eval", judged + "copy.json", "--task", "copy", "--length",
                                      "20", "--count", "10", "--shrink", "--json"}));
  CHECK(report["smallest_failure"].is_null());
}

TEST_CASE("of a file, the smallest example that fails") {
  const ScratchDirectory directory;
  write_text(directory / "examples.jsonl",
             "{\"memory\":[1,2,3,0],\"expected\":[3,3,4,0]}\n"
             "{\"memory\":[5,0],\"expected\":[6,0]}\n"
             "{\"memory\":[4,1,0],\"expected\":[5,9,0]}\n");
  const Ended ended = nram(
      {"eval", judged + "increment.json", "--examples", directory / "examples.jsonl", "--shrink"});
  CHECK(ended.exit_code == 1);
  CHECK(mentions(ended.out, "examples.jsonl: line 3", "memory    4 1 0\n", "expected  5 9 0\n",
                 "got       5 2 0\n", "writes 2 to cell 1, which should hold 9"));
}

TEST_CASE("of a file, an input like the examples on which the program has no result") {
  const ScratchDirectory directory;
  // Sets every cell to 1 and runs out of the memory.
  std::string lines;
  for (int n = 4; n < 12; ++n) {
    std::string cells;
    std::string ones;
    for (int i = 0; i < n; ++i) {
      cells += (i == 0 ? "" : ",") + std::to_string(2 + (7 * i + 3 * n) % 5);
      ones += i == 0 ? "1" : ",1";
    }
    lines += "{\"memory\":[" + cells + "],\"expected\":[" + ones + "]}\n";
  }
  write_text(directory / "ones.jsonl", lines);
  const auto report =
      report_of(nram({"eval", runaway_program(directory), "--examples", directory / "ones.jsonl",
                      "--modulus", "word", "--shrink", "--json"}));
  const auto& smallest = report["smallest_failure"];
  // None is shorter than the shortest example, which is 4 6 3 5; values are lowered one after the
  // other.
  REQUIRE(smallest["memory"].size() == 4);
  int sum = 0;
  for (const auto& value : smallest["memory"]) {
    sum += value.get<int>();
  }
  CHECK(sum < 10);
  CHECK(smallest["origin"] == "an input like the examples");
  CHECK(mentions(smallest["reason"].get<std::string>(), "WRITE of address"));
}

TEST_CASE("a model that runs live is shrunk, too") {
  const auto report =
      report_of(nram({"eval", NRAM_SOURCE_DIR "/samples/models/copy.safetensors", "--live",
                      "--task", "reverse", "--length", "6", "--count", "4", "--shrink", "--json"}));
  CHECK(mentions(report["smallest_failure"]["command"].get<std::string>(), "--live"));
  CHECK(report["smallest_failure"]["first_wrong_write"]["step"].get<int>() > 1);
}

}  // namespace
}  // namespace nram::test
