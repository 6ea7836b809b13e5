// Pseudo-code does what the program does: its text is run, line by line, beside the reference.

#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/hand_written.hpp>
#include <support/program_text.hpp>
#include <support/pseudo_code_run.hpp>
#include <support/random_program.hpp>
#include <support/random_run.hpp>
#include <support/task_case.hpp>
#include <support/walking_program.hpp>

#include <nram/engine/executor.hpp>
#include <nram/engine/flow.hpp>
#include <nram/model-io/inspect.hpp>
#include <nram/model-io/program_file.hpp>

using namespace nram;
using namespace nram::test;

namespace {

using TextLines = std::vector<std::string>;

// Runs both; true if the reference came to an end, so that there was something to compare.
bool same_as_reference(const Program& program, const PseudoCode& code, std::vector<Word> memory,
                       Modulus modulus, std::uint64_t steps) {
  std::vector<Word> expected = memory;
  RunOptions options;
  options.modulus = modulus;
  options.step_limit = steps;
  const RunResult reference = make_executor(Engine::reference, program)
                                  ->run(MemoryView(std::span<std::uint64_t>(expected)), options);
  if (reference.outcome != Outcome::finished) {
    return false;
  }
  const PseudoCodeRun run =
      run_pseudo_code(code.lines, program.machine(), std::move(memory), modulus, 100 * steps);
  std::string text;
  for (const std::string& line : code.lines) {
    text += line + "\n";
  }
  CAPTURE(text);
  REQUIRE(run.end == PseudoCodeRun::End::stopped);
  REQUIRE(run.memory == expected);
  return true;
}

unsigned compare_on_random_memories(const Program& program, std::mt19937_64& random) {
  const PseudoCode code = pseudo_code(program);
  unsigned compared = 0;
  if (!code.is_complete) {
    return compared;
  }
  for (unsigned run = 0; run < 10; ++run) {
    const std::size_t cells = 3 + random() % 12;
    const Modulus modulus = random_modulus(cells, random).first;
    if (modulus.largest() >= flow::smallest_modulus - 1) {
      const std::vector<Word> memory = random_memory(cells, modulus, random);
      compared += same_as_reference(program, code, memory, modulus, 400) ? 1 : 0;
    }
  }
  return compared;
}

std::vector<Program> sample_programs() {
  std::vector<Program> programs;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(NRAM_SAMPLES) + "/programs")) {
    programs.push_back(read_program(entry.path().string()));
  }
  return programs;
}

TextLines lines_of_sample(const std::string& task) {
  return pseudo_code(read_program(std::string(NRAM_SAMPLES) + "/programs/" + task + ".json")).lines;
}

}  // namespace

TEST_CASE("pseudo-code of random programs does what they do") {
  unsigned compared = 0;
  for (unsigned trial = 0; trial < 600; ++trial) {
    std::mt19937_64 random(trial);
    RandomShape shape;
    shape.max_registers = 1 + trial % 5;
    shape.max_states = 1 + trial % 9;
    shape.any_modules = trial % 3 != 0;
    shape.order = trial % 4 == 1 ? Order::signed_numbers : Order::unsigned_numbers;
    CAPTURE(trial);
    compared += compare_on_random_memories(
        trial % 3 == 2 ? walking_program(random) : random_program(shape, random), random);
  }
  CHECK(compared > 1000);
}

TEST_CASE("what a register holds on one way does not stand for what it held before") {
  std::mt19937_64 random(101809);  // was wrong once
  const Program program = walking_program(random);
  CHECK(compare_on_random_memories(program, random) > 0);
}

TEST_CASE("pseudo-code of the samples and of hand-written programs does what they do") {
  std::mt19937_64 random(5);
  unsigned compared = 0;
  for (const Program& program : sample_programs()) {
    const auto task = program.metadata().find("task");
    REQUIRE(task != program.metadata().end());
    CAPTURE(task->second);
    compared += compare_on_random_memories(program, random);
    if (task->second.find('/') != std::string::npos) {
      continue;
    }
    const PseudoCode code = pseudo_code(program);
    for (std::size_t length = 1; length < 12; ++length) {
      const TaskCase example = random_task_case(task->second, length, random);
      CHECK(same_as_reference(program, code, example.memory, Modulus::word64(), 5000));
    }
  }
  CHECK(compared > 20);
  for (const HandWritten& written : hand_written_programs()) {
    CAPTURE(written.task);
    const PseudoCode code = pseudo_code(written.program);
    for (std::size_t length = 1; length < 12; ++length) {
      const TaskCase example = random_task_case(written.task, length, random);
      CHECK(same_as_reference(written.program, code, example.memory, Modulus::word64(), 5000));
    }
  }
}

TEST_CASE("what was learned reads as a person would write it") {
  CHECK(lines_of_sample("reverse") ==
        TextLines{"i := mem[0]", "n := 0",
                  "while i ≠ 1  # each time 2 steps, 2 reads, 0 to 1 writes", "  i := i - 1",
                  "  if mem[i] = 0", "    n := mem[0]", "  else", "    mem[max(i, n)] := mem[i]",
                  "    n := n + 1", "stop"});
  CHECK(lines_of_sample("fill") ==
        TextLines{"mem[1] := mem[0]", "i := 2",
                  "while mem[i] ≠ 0  # each time 2 steps, 2 reads, 1 write",
                  "  mem[i] := mem[i - 1]", "  i := i + 1", "stop"});
  CHECK(lines_of_sample("permutation") ==
        TextLines{"x := mem[0]", "i := x - 1", "loop  # each time 2 steps, 2 reads, 1 write",
                  "  p := mem[i] + x", "  if i = 1", "    break", "  mem[i] := mem[p]",
                  "  i := i - 1", "mem[i] := mem[p]", "stop"});
}

TEST_CASE("nested loops, exchanges and names") {
  const TextLines merge = lines_of_sample("merge");
  CHECK(merge[4] == "loop");
  CHECK(merge[5] == "  repeat  # each time 1 step, 1 read, 0 writes");
  CHECK(merge[8] == "    i, j := j, i");
  CHECK(merge[9] == "  until x ≤ y");
}

TEST_CASE("a loop that is entered in two places needs a section") {
  // State 1 and state 2 lead to each other; state 0 leads to either.
  const Machine machine = Machine::standard(2);
  const Program program =
      program_from_text(machine, {{"", "READ(r0) WRITE(r0,READ) r0=READ", false, 0, 1},
                                  {"r0=0", "READ(r1) INC(READ) WRITE(r1,INC) r0=READ", false, 1, 2},
                                  {"", "READ(r1) WRITE(r1,r0) r0=ONE r1=ONE", false, 1, 3},
                                  {"", "READ(r0) DEC(READ) WRITE(r1,DEC) r0=DEC", false, 2, 1},
                                  {"r0=0", "READ(r0) WRITE(r0,READ)", true, 3, 0},
                                  {"", "READ(r1) INC(r1) WRITE(r1,ZERO) r0=READ", false, 3, 2}});
  std::mt19937_64 random(3);
  (void)compare_on_random_memories(program, random);
  const std::string text = listing(program);
  CHECK(text.find("mem[") != std::string::npos);
}

TEST_CASE("programs too large for pseudo-code are listed rule by rule") {
  const Machine machine = Machine::standard(1);
  std::vector<Circuit> circuits = {blank_circuit(machine)};
  std::vector<Rule> rules;
  constexpr std::uint32_t states = 300;
  for (std::uint32_t state = 0; state < states; ++state) {
    rules.push_back({state, 0, 0, {0, (state + 1) % states, false}});
  }
  const Program program(machine, std::move(circuits), std::move(rules));
  CHECK_FALSE(pseudo_code(program).is_complete);
  CHECK(listing(program).starts_with("# too large for pseudo-code"));
  CHECK(listing(program).find("state 299:") != std::string::npos);
}

TEST_CASE("provenance is a line for each key, and one for each setting") {
  const Machine machine = Machine::standard(1);
  const Program program(machine, {blank_circuit(machine)}, {{0, 0, 0, {0, 0, true}}},
                        {{"seed", "7"}, {"settings", "time=20 registers=3"}});
  CHECK(provenance(program) == "seed: 7\nsettings:\n  time=20\n  registers=3\n");
}
