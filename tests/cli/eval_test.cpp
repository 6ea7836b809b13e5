// nram eval: what it reports, and when it fails.

#include "fixtures.hpp"

#include <string>

#include <doctest/doctest.h>
#include <support/hand_written.hpp>

namespace nram::test {
namespace {

TEST_CASE("correct programs pass on every task, long and short, under every modulus") {
  const ScratchDirectory directory;
  for (const HandWritten& written : hand_written_programs()) {
    const std::string program = task_program(directory, written.task);
    for (const std::string modulus : {"cells", "word", "100000000"}) {
      for (const std::string length : {"1", "37", "1000"}) {
        const Ended ended = nram({"eval", program, "--task", written.task, "--length", length,
                                  "--count", "10", "--modulus", modulus, "--json"});
        CAPTURE(written.task);
        CAPTURE(modulus);
        CAPTURE(length);
        CAPTURE(ended.out);
        REQUIRE(ended.exit_code == 0);
        const auto report = report_of(ended);
        CHECK(report["cases"] == 10);
        CHECK(report["wrong_cases"] == 0);
        CHECK(report["wrong_cells"] == 0);
        CHECK(report["stops"] == 1.0);
        CHECK(report["clean"] == 1.0);
        CHECK(report["steps_per_element"].get<double>() > 0);
      }
    }
  }
}

TEST_CASE("adversarial examples: every combination, told apart in the report") {
  const ScratchDirectory directory;
  for (const HandWritten& written : hand_written_programs()) {
    const Ended ended = nram({"eval", task_program(directory, written.task), "--task", written.task,
                              "--length", "50", "--count", "3", "--adversarial", "--json"});
    CAPTURE(written.task);
    CAPTURE(ended.out);
    REQUIRE(ended.exit_code == 0);
    const auto report = report_of(ended);
    CHECK(report["adversarial"] == true);
    CHECK(report["cases"] == 3 * 160);
    CHECK(report["clean"] == 1.0);
  }
  const std::string reverse = task_program(directory, "reverse");
  const Ended wrong = nram({"eval", reverse, "--task", "copy", "--length", "50", "--adversarial"});
  CHECK(wrong.exit_code == 1);
  // One element is the same in both directions; the first failure has two, not all equal.
  CHECK(wrong.out.find(": 2 elements, random values, no spare cells, zeros, modulo ") !=
        std::string::npos);
  CHECK(nram({"eval", reverse, "--examples", "x.jsonl", "--adversarial"}).exit_code == 2);
}

TEST_CASE("both moduli in one run, each with its own figures") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "copy");
  const std::vector<std::string> drawn{"eval", program,   "--task", "copy",      "--length",
                                       "9",    "--count", "12",     "--modulus", "both"};
  const Ended text = nram(drawn);
  CHECK(text.exit_code == 0);
  CHECK(text.out.find("modulo cells 0 of 12 cases wrong, stops 100.0 %") != std::string::npos);
  CHECK(text.out.find("modulo 2^64  0 of 12 cases wrong, stops 100.0 %") != std::string::npos);
  std::vector<std::string> arguments = drawn;
  arguments.emplace_back("--json");
  const auto report = report_of(nram(arguments));
  CHECK(report["cases"] == 24);
  const auto& parts = report["by_modulus"];
  REQUIRE(parts.size() == 2);
  for (const char* key : {"cases", "result_cells", "steps"}) {
    CHECK(report[key] ==
          parts["cells"][key].get<std::uint64_t>() + parts["2^64"][key].get<std::uint64_t>());
  }
  CHECK(report["steps_per_element"].get<double>() ==
        doctest::Approx(report["steps"].get<double>() / (24 * 9)));

  // Running on to address 0 is right only where addresses wrap around at the number of cells.
  write_text(directory / "e.jsonl", R"({"memory":[0,0,2],"expected":[1,1,1],"steps":9})"
                                    "\n");
  const Ended wrong = nram({"eval", runaway_program(directory), "--examples", directory / "e.jsonl",
                            "--modulus", "both", "--json"});
  CHECK(wrong.exit_code == 1);
  CHECK(report_of(wrong)["cases"] == 2);
  CHECK(report_of(wrong)["by_modulus"]["cells"]["wrong_cases"] == 0);
  CHECK(report_of(wrong)["by_modulus"]["2^64"]["wrong_cases"] == 1);
  CHECK(!report_of(wrong).contains("steps_per_element"));

  // Values that are no addresses have one modulus only.
  write_text(directory / "w.jsonl", R"({"memory":[0,0,9],"expected":[1,1,1]})"
                                    "\n");
  CHECK(
      nram({"eval", program, "--examples", directory / "w.jsonl", "--modulus", "both"}).exit_code ==
      3);
  CHECK(nram({"run", program, "-", "-o", "-", "--modulus", "both"}).exit_code == 2);
}

TEST_CASE("a wrong program: exit code 1 and the first failure") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "reverse");
  const Ended text = nram({"eval", program, "--task", "copy", "--length", "5", "--count", "20"});
  CHECK(text.exit_code == 1);
  CHECK(text.out.find("first failure: case ") != std::string::npos);
  const auto report = report_of(
      nram({"eval", program, "--task", "copy", "--length", "5", "--count", "20", "--json"}));
  CHECK(report["wrong_cases"].get<int>() > 0);
  CHECK(report["wrong_cells"].get<int>() > 0);
  CHECK(report["stops"] == 1.0);
  CHECK(report["first_failure"]["reason"].get<std::string>().starts_with("cell "));
}

TEST_CASE("a program that does not stop fails even where it is right") {
  const ScratchDirectory directory;
  write_text(directory / "e.jsonl", R"({"memory":[1,1,1],"expected":[null,1,1],"steps":4})"
                                    "\n");
  const Ended ended =
      nram({"eval", endless_program(directory), "--examples", directory / "e.jsonl", "--json"});
  CHECK(ended.exit_code == 1);
  const auto report = report_of(ended);
  CHECK(report["wrong_cells"] == 0);
  CHECK(report["stops"] == 0.0);
  CHECK(report["clean"] == 0.0);
  CHECK(report["first_failure"]["reason"].get<std::string>().find("did not stop within 40 steps") !=
        std::string::npos);
}

TEST_CASE("examples from a file and from stdin, as `example` writes them") {
  const ScratchDirectory directory;
  const Ended drawn = nram({"example", "swap", "--length", "6", "--count", "9", "-o", "-"});
  CHECK(drawn.exit_code == 0);
  const Ended ended = nram({"eval", task_program(directory, "swap"), "--examples", "-", "--json"},
                           {.input = drawn.out});
  CHECK(ended.exit_code == 0);
  CHECK(report_of(ended)["cases"] == 9);
}

TEST_CASE("the number of threads changes nothing" * doctest::test_suite("parallel")) {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "merge");
  const auto outcome = [&](const std::string& threads) {
    return nram({"eval", program, "--task", "merge", "--length", "40", "--count", "200", "--seed",
                 "5", "--threads", threads, "--json"})
        .out;
  };
  const std::string one = outcome("1");
  CHECK(!one.empty());
  CHECK(outcome("4") == one);
}

TEST_CASE("a million elements, five times, take seconds") {
  const ScratchDirectory directory;
  const Ended ended = nram({"eval", task_program(directory, "copy"), "--task", "copy", "--length",
                            "1000000", "--count", "5"});
  CHECK(ended.exit_code == 0);
}

}  // namespace
}  // namespace nram::test
