// nram diff: how two programs are written differently, and where they behave differently.

#include "fixtures.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/errors.hpp>
#include <support/program_text.hpp>

#include <nram/model-io/program_file.hpp>

namespace nram::test {
namespace {

const std::string diffed = NRAM_SOURCE_DIR "/samples/programs/";

std::string written(const ScratchDirectory& directory, const std::string& name,
                    const Program& program) {
  write_program(program, directory / name);
  return directory / name;
}

// A step that does nothing, then one by this rule.
Program increments_but(std::string_view rule) {
  return program_from_text(Machine::standard(2),
                           {{"r1=0", "READ(r0) DEC(READ) WRITE(r0,READ) r1=ONE", false, 0, 1},
                            {"", "READ(r0) WRITE(r0,READ)", true, 0, 0},
                            {"", rule, true, 1, 0}});
}

TEST_CASE("the same program, whatever its form: exit code 0") {
  const ScratchDirectory directory;
  REQUIRE(nram({"export", NRAM_SOURCE_DIR "/samples/models/copy.safetensors", "-o",
                directory / "copy.json"})
              .exit_code == 0);
  const Ended ended = nram({"diff", directory / "copy.json",
                            NRAM_SOURCE_DIR "/samples/models/copy.safetensors", "--count", "2000"});
  CHECK(ended.exit_code == 0);
  CHECK(mentions(ended.out, "the same rules and circuits",
                 "behaviour: no difference found; 2000 "
                 "memories tried, among them all of up "
                 "to 4 cells"));
  const auto report = report_of(
      nram({"diff", diffed + "copy.json", diffed + "copy.json", "--count", "2000", "--json"}));
  CHECK(report["same_program"] == true);
  CHECK(report["differ"] == false);
  CHECK(report["input"].is_null());
  CHECK(report["tried"] == 2000);
  CHECK(report["exhaustive_cells"] == 4);
}

TEST_CASE("rules and wires that differ are told by name; an input by its smallest form") {
  const ScratchDirectory directory;
  const std::string inc =
      written(directory, "inc.json", increments_but("READ(r0) INC(READ) WRITE(r0,INC)"));
  const std::string add =
      written(directory, "add.json", increments_but("READ(r0) ADD(READ,TWO) WRITE(r0,ADD)"));
  const Ended ended = nram({"diff", inc, add, "--count", "1000"});
  CHECK(ended.exit_code == 1);
  CHECK(mentions(ended.out, "< " + inc, "> " + add, "rules: 3 | 3, 2 the same",
                 "! state 1, always: c2, stop | c2, stop\n", "INC[0] from READ | (not used)\n",
                 "ADD[0] from (not used) | READ\n", "WRITE[1] from INC | ADD\n",
                 "behaviour: they differ; 1000 memories tried",
                 "memory  0  (modulus 2^64)\n  < 1  (2 steps)\n  > 2  (2 steps)\n",
                 "they differ at the first write", "inc.json writes mem[0] 0 -> 1 in step 2",
                 "add.json writes mem[0] 0 -> 2 in step 2"));
  CHECK(count_of("READ[0] from", ended.out) == 0);  // equal wires are not listed
  const auto report = report_of(nram({"diff", inc, add, "--count", "1000", "--json"}));
  CHECK(report["differ"] == true);
  CHECK(report["equal_rules"] == 2);
  CHECK(report["rules"].size() == 1);
  CHECK(report["input"]["memory"] == std::vector<int>{0});
  CHECK(report["input"]["a"]["memory"] == std::vector<int>{1});
  CHECK(report["input"]["b"]["memory"] == std::vector<int>{2});
  CHECK(report["input"]["first_difference"]["a"]["step"] == 2);
}

TEST_CASE("a difference that needs a certain memory is found and made small") {
  const ScratchDirectory directory;
  // Looks at the fourth cell: 2 there is different.
  const auto program = [](std::string_view otherwise) {
    return program_from_text(Machine::standard(2),
                             {{"", "ADD(TWO,ONE) READ(r0) WRITE(r0,READ) r0=ADD", false, 0, 1},
                              {"", "READ(r0) SUB(READ,TWO) WRITE(r0,READ) r1=SUB", false, 1, 2},
                              {"r1=0", otherwise, true, 2, 0},
                              {"", "READ(r0) WRITE(r0,READ)", true, 2, 0}});
  };
  const std::string a = written(directory, "a.json", program("READ(r0) WRITE(ZERO,ONE)"));
  const std::string b = written(directory, "b.json", program("READ(r0) WRITE(ZERO,TWO)"));
  const auto report = report_of(nram({"diff", a, b, "--modulus", "word", "--json"}));
  CHECK(report["input"]["memory"] == std::vector<int>{0, 0, 0, 2});
  CHECK(report["input"]["a"]["outcome"] == "finished");
}

TEST_CASE("inputs of a task, and of examples") {
  const ScratchDirectory directory;
  // By hand and as it was learned: equal on what the task says, but not on every memory.
  const std::string by_hand = task_program(directory, "copy");
  const Ended task =
      nram({"diff", by_hand, diffed + "copy.json", "--task", "copy", "--count", "3k"});
  CAPTURE(task.out);
  CHECK(task.exit_code == 0);
  CHECK(mentions(task.out, "registers: 3 | 4", "rules:", "metadata.",
                 "behaviour: no difference found; 3000 inputs of copy tried"));
  const Ended any = nram({"diff", by_hand, diffed + "copy.json", "--count", "3k"});
  CHECK(any.exit_code == 1);
  const Ended other =
      nram({"diff", diffed + "copy.json", diffed + "reverse.json", "--task", "copy"});
  CHECK(other.exit_code == 1);

  const std::string sums = NRAM_SOURCE_DIR "/samples/tasks/sum.jsonl";
  const auto examples = report_of(nram({"diff", diffed + "sum.json", diffed + "prefix-sums.json",
                                        "--examples", sums, "--count", "500", "--json"}));
  CHECK(examples["differ"] == true);
  CHECK(examples["inputs"].get<std::string>().find("and like those") != std::string::npos);
  CHECK(examples["input"]["memory"].size() < 10);
}

TEST_CASE("one that does not finish, and one that faults") {
  const ScratchDirectory directory;
  const std::string endless = endless_program(directory);
  const std::string runaway = runaway_program(directory);
  const std::string still =
      written(directory, "still.json",
              program_from_text(Machine::standard(1), {{"", "READ(r0) WRITE(r0,READ)", true}}));
  const Ended ended = nram({"diff", endless, still, "--count", "100"});
  CHECK(ended.exit_code == 1);
  CHECK(mentions(ended.out, "does not stop within 1100 steps"));
  const Ended fault = nram({"diff", runaway, still, "--modulus", "word", "--count", "100"});
  CHECK(mentions(fault.out, "fault: WRITE of address 1 in step 2"));
  // Without a result on either side there is nothing to compare.
  CHECK(nram({"diff", endless, runaway, "--modulus", "word", "--count", "100"}).exit_code == 0);
}

TEST_CASE("wrong usage of diff") {
  const std::string copy_file = diffed + "copy.json";
  CHECK(nram({"diff", copy_file}).exit_code == 2);
  CHECK(nram({"diff", copy_file, copy_file, "--task", "cpoy"}).exit_code == 2);
  CHECK(nram({"diff", copy_file, "/nowhere.json"}).exit_code == 3);
  CHECK(nram({"diff", copy_file, copy_file, "--count", "0"}).exit_code == 2);
}

}  // namespace
}  // namespace nram::test
