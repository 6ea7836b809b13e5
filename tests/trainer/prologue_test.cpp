#include "programs/prologue.hpp"

#include "discrete/cost/lane_evaluator.hpp"
#include "discrete/liveness.hpp"
#include "discrete/proposals/moves.hpp"
#include "support/program_text.hpp"

#include <bit>

#include <doctest/doctest.h>

#include <nram/engine/executor.hpp>
#include <nram/trainer/random.hpp>

namespace nram {
namespace {

using discrete::Candidate;
using discrete::ExampleBatch;
using discrete::LivenessAnalysis;
using discrete::Moves;
using test::machine_of;

constexpr unsigned states = 5;

TEST_CASE("an automaton behind a prologue does what it does with the cells in registers") {
  Random random(31);
  const Machine machine = Machine::standard(4);
  const Moves moves(machine, states);
  unsigned stopped = 0;
  unsigned faulted = 0;
  unsigned compared = 0;
  unsigned shorter = 0;
  for (int i = 0; i < 300; ++i) {
    const unsigned count = 1 + static_cast<unsigned>(random.below(4));
    const std::vector<Circuit> loading = prologue_circuits(machine, count);
    REQUIRE(loading.size() == count);
    const Candidate candidate = moves.random_candidate(random);
    const Program automaton = to_program(machine, states, candidate);
    const auto bare = make_executor(Engine::reference, automaton);
    const auto whole = make_executor(Engine::reference, behind(loading, automaton));
    // Only what is looked at has to be loaded.
    const unsigned live = LivenessAnalysis(machine, states).live_at_start(candidate);
    const auto needed = static_cast<unsigned>(std::bit_width(live & ((1U << count) - 1)));
    const auto brief =
        make_executor(Engine::reference, behind(prologue_circuits(machine, needed), automaton));

    std::vector<Word> memory(4 + random.below(6));
    for (Word& cell : memory) {
      cell = random.below(memory.size());
    }
    RunOptions options;
    options.modulus = random.chance(0.5) ? Modulus::of(memory.size()) : Modulus::word32();
    options.step_limit = 40;
    options.registers.assign(memory.begin(), memory.begin() + count);
    options.registers.resize(4);
    std::vector<Word> expected = memory;
    const RunResult of_bare = bare->run(MemoryView(std::span(expected)), options);
    options.registers.clear();
    options.step_limit += count;
    std::vector<Word> actual = memory;
    const RunResult of_whole = whole->run(MemoryView(std::span(actual)), options);

    CHECK(actual == expected);
    CHECK(of_whole.registers == of_bare.registers);
    CHECK(of_whole.steps == of_bare.steps + count);
    CHECK((of_whole.outcome == Outcome::finished) == (of_bare.outcome == Outcome::finished));
    options.step_limit += needed;
    options.step_limit -= count;
    std::vector<Word> of_brief = memory;
    CHECK(brief->run(MemoryView(std::span(of_brief)), options).steps == of_bare.steps + needed);
    CHECK(of_brief == expected);
    shorter += needed < count ? 1 : 0;

    stopped += (of_bare.outcome == Outcome::finished) ? 1 : 0;
    faulted += of_bare.fault ? 1 : 0;
    compared += actual != memory ? 1 : 0;
  }
  CHECK(stopped > 20);
  CHECK(faulted > 5);
  CHECK(compared > 20);
  CHECK(shorter > 20);
}

TEST_CASE("batches start with the first cells in registers") {
  TestCase test;
  test.example.memory = {7, 5, 3, 9, 0, 0, 0, 0, 0, 0};
  test.example.expected.resize(10);
  test.example.registers = {1, 2, 4, 6};
  test.example.steps = 3;
  const ExampleBatch batch(std::span(&test, 1), 4, 2);
  const auto& registers = std::get<0>(batch.lanes).registers;
  CHECK(registers[0][0] == 7);
  CHECK(registers[1][0] == 5);
  CHECK(registers[2][0] == 4);
  CHECK(registers[3][0] == 6);
}

TEST_CASE("what cannot load cells does not") {
  const auto steps = [](const Machine& machine, unsigned count) {
    return prologue_circuits(machine, count).size();
  };
  CHECK(steps(machine_of(3, {"READ", "INC", "WRITE"}), 3) == 3);
  CHECK(steps(machine_of(3, {"READ", "INC"}), 3) == 3);
  CHECK(steps(machine_of(3, {"READ", "WRITE"}), 3) == 0);         // no INC
  CHECK(steps(machine_of(3, {"INC", "WRITE"}), 3) == 0);          // no READ
  CHECK(steps(machine_of(3, {"WRITE", "READ", "INC"}), 3) == 0);  // not idle
  CHECK(steps(Machine::standard(2), 3) == 0);                     // too few registers
  CHECK(steps(Machine::standard(3), 0) == 0);
  CHECK(prologue_circuits(Machine::standard(3), 3, Position::kept).empty());  // one more register
  CHECK(prologue_circuits(Machine::standard(3), 0, Position::kept).empty());
}

TEST_CASE("the address behind loaded cells can be kept") {
  const Machine machine = Machine::standard(4);
  const Program program =
      behind(prologue_circuits(machine, 2, Position::kept),
             {machine, {blank_circuit(machine)}, {{0, 0, 0, {0, 0, true}}}, {}});
  std::vector<Word> memory = {7, 5, 3, 9, 0, 0, 0, 7};
  RunOptions options;
  options.modulus = Modulus::word32();
  options.step_limit = 5;
  const RunResult result =
      make_executor(Engine::reference, program)->run(MemoryView(std::span(memory)), options);
  CHECK(result.registers == std::vector<Word>{7, 5, 2, 0});
}

TEST_CASE("only cells that all examples have are loaded, and none where registers are set") {
  std::vector<Example> examples(2);
  examples[0].memory = {7, 5, 3};
  examples[1].memory = {1, 2};
  CHECK(loadable_cells(examples, 4) == 2);
  CHECK(loadable_cells(examples, 1) == 1);
  examples[0].registers = {1, 0, 0};
  CHECK(loadable_cells(examples, 4) == 0);
}

}  // namespace
}  // namespace nram
