// Machines with some of the modules, in one or two rounds: which they have, and that programs for
// them mean the same on the whole machine.

#include "programs/learning_machine.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <support/random_program.hpp>
#include <support/random_run.hpp>
#include <support/run_record.hpp>

#include <nram/engine/executor.hpp>

namespace nram {
namespace {

std::vector<std::string> names(const Machine& machine) {
  std::vector<std::string> all;
  for (const Module& module : machine.modules()) {
    all.push_back(module.name);
  }
  return all;
}

// The registers that both have, the memory, and whether it stopped.
struct End {
  std::vector<Word> registers;
  std::vector<Word> memory;
  Outcome outcome;
  std::uint64_t steps;
};

End end_of(const Program& program, std::vector<Word> memory, std::vector<Word> registers,
           Modulus modulus, std::uint64_t limit) {
  RunOptions options;
  options.modulus = modulus;
  options.step_limit = limit;
  const std::size_t common = registers.size();
  options.registers = std::move(registers);
  options.registers.resize(program.machine().registers());
  const auto executor = make_executor(Engine::reference, program);
  RunResult result = executor->run(MemoryView(std::span(memory)), options);
  result.registers.resize(common);
  return {std::move(result.registers), std::move(memory), result.outcome, result.steps};
}

// Two circuits, and which of them runs and follows depends on whether r0 is zero.
Program some_program(const Machine& machine, std::mt19937_64& random) {
  std::vector<Circuit> circuits = {test::random_circuit(machine, random),
                                   test::random_circuit(machine, random)};
  std::vector<Rule> rules;
  for (std::uint32_t state = 0; state < 2; ++state) {
    for (std::uint32_t zero = 0; zero < 2; ++zero) {
      rules.push_back({state, 1, zero, {(state + zero) % 2, 1 - state, random() % 8 == 0}});
    }
  }
  return {machine, std::move(circuits), std::move(rules), {}};
}

TEST_CASE("a program for some of the modules does the same with all of them") {
  std::mt19937_64 random(1);
  Random drawn(1);
  unsigned smaller = 0;
  for (unsigned i = 0; i < 300; ++i) {
    const Machine full = test::random_machine({}, random);
    const LearningMachine subset(full, 0.4, 1, 6, drawn);
    smaller += subset.machine().modules().size() < full.modules().size() ? 1 : 0;
    const Program narrow = some_program(subset.machine(), random);
    const Program wide = subset.unfolded(narrow);
    CHECK(names(wide.machine()) == names(full));
    const test::RunCase run = test::random_run(full, random);
    test::RunRecord expected = test::record_run(*make_executor(Engine::reference, narrow), run);
    if (expected.result.fault) {
      const auto all = names(full);
      const auto& name = subset.machine().modules()[expected.result.fault->module].name;
      expected.result.fault->module =
          static_cast<unsigned>(std::ranges::find(all, name) - all.begin());
    }
    CHECK(test::record_run(*make_executor(Engine::reference, wide), run) == expected);
  }
  CHECK(smaller > 100);
}

TEST_CASE("a program in two rounds of modules does the same in one, in up to twice as many steps") {
  std::mt19937_64 random(1);
  Random drawn(2);
  unsigned longer = 0;
  unsigned same_length = 0;
  unsigned wider = 0;
  unsigned written = 0;
  for (unsigned i = 0; i < 2000; ++i) {
    test::RandomShape shape;
    shape.any_modules = i % 2 == 0;
    const Machine target = test::random_machine(shape, random);
    const LearningMachine learning(target, 0.5, 2, 7, drawn);
    const Program folded = some_program(learning.machine(), random);
    const Program unfolded = learning.unfolded(folded);
    CHECK(names(unfolded.machine()) == names(target));

    const Modulus modulus = Modulus::of(2 + random() % 9);
    const std::vector<Word> memory = test::random_memory(modulus.value(), modulus, random);
    const std::vector<Word> registers = test::random_memory(target.registers(), modulus, random);
    constexpr std::uint64_t limit = 40;
    const End expected = end_of(folded, memory, registers, modulus, limit);
    const End actual = end_of(unfolded, memory, registers, modulus, 2 * limit);
    if (expected.outcome != Outcome::finished) {
      continue;
    }
    CHECK(actual.outcome == Outcome::finished);
    CHECK(actual.memory == expected.memory);
    CHECK(actual.registers == expected.registers);
    CHECK(actual.steps >= expected.steps);
    CHECK(actual.steps <= 2 * expected.steps);
    longer += actual.steps > expected.steps ? 1 : 0;
    same_length += actual.steps == expected.steps ? 1 : 0;
    wider += unfolded.machine().registers() > target.registers() ? 1 : 0;
    written += actual.memory != memory ? 1 : 0;
  }
  CHECK(longer > 200);
  CHECK(same_length > 100);
  CHECK(wider > 100);
  CHECK(written > 200);
}

// r0 := mem[r2 + mem[r1]], of which mem[r1] too, in one step of two rounds.
struct Gathering {
  Machine target = Machine::standard(3);
  Random random{1};
  LearningMachine learning{target, 0.0, 2, 6, random};  // READ' INC' ADD' READ INC ADD WRITE

  [[nodiscard]] Circuit circuit() const {
    const Machine& machine = learning.machine();
    const auto source = [&](std::string_view name) { return *machine.find_source(name); };
    Circuit gather = blank_circuit(machine);
    gather.arguments[machine.first_argument(0)] = 1;               // READ' of r1
    gather.arguments[machine.first_argument(2)] = 2;               // ADD' of r2
    gather.arguments[machine.first_argument(2) + 1] = 3;           // and READ'
    gather.arguments[machine.first_argument(3)] = source("ADD'");  // READ
    gather.arguments[machine.first_argument(6)] = 1;               // WRITE to r1
    gather.arguments[machine.first_argument(6) + 1] = source("READ");
    gather.registers[0] = source("READ");
    return gather;
  }
};

TEST_CASE("what two rounds keep for the second goes to registers that are free") {
  const Gathering gathering;
  CHECK(names(gathering.learning.machine()) ==
        std::vector<std::string>{"READ'", "INC'", "ADD'", "READ", "INC", "ADD", "WRITE"});
  // Something that is out of range in r0 must not be taken for an address of the first step.
  const auto run = [&](const Circuit& circuit) {
    const Program program = gathering.learning.unfolded(
        {gathering.learning.machine(), {circuit}, {{0, 0, 0, {0, 0, true}}}, {}});
    const End end = end_of(program, {9, 2, 9, 9, 7, 5}, {1000, 1, 3}, Modulus::word32(), 5);
    CHECK(end.outcome == Outcome::finished);
    CHECK(end.steps == 2);
    CHECK(end.memory == std::vector<Word>{9, 5, 9, 9, 7, 5});
    return std::pair(program.machine().registers(), end.registers);
  };
  Circuit circuit = gathering.circuit();
  CHECK(run(circuit) == std::pair(3U, std::vector<Word>{5, 1, 3}));  // the address in r0
  circuit.registers[0] = 0;
  CHECK(run(circuit) == std::pair(4U, std::vector<Word>{1000, 1, 3}));  // in a fourth
}

TEST_CASE("a machine that cannot leave its memory alone has one round") {
  Random random(1);
  const auto table = ModuleTable::standard();
  const auto rounds = [&](std::initializer_list<std::string_view> of) {
    std::vector<Module> modules;
    for (const auto name : of) {
      modules.push_back(*table.find(name));
    }
    const LearningMachine learning({2, modules}, 1.0, 2, 64, random);
    CHECK(learning.machine().modules().size() + (learning.rounds() == 2 ? 1 : 0) ==
          of.size() * learning.rounds());
    return learning.rounds();
  };
  CHECK(rounds({"READ", "ADD", "WRITE"}) == 2);
  CHECK(rounds({"WRITE", "ADD", "READ"}) == 1);
  CHECK(rounds({"ADD", "WRITE"}) == 1);
}

TEST_CASE("the first of two rounds has no more modules than it may") {
  Random random(1);
  for (std::size_t most = 3; most < 14; ++most) {
    const LearningMachine learning(Machine::standard(3), 1.0, 2, most, random);
    const std::vector<std::string> all = names(learning.machine());
    const auto first = static_cast<std::size_t>(
        std::ranges::count_if(all, [](const auto& name) { return name.ends_with('\''); }));
    CHECK(first == std::min<std::size_t>(most, 13));
    CHECK(std::ranges::count(all, "READ'") == 1);
  }
  CHECK(LearningMachine(Machine::standard(3), 1.0, 2, 2, random).rounds() == 1);
}

TEST_CASE(
    "READ, INC, ADD, WRITE and modules of a user's own are always there, the others by chance") {
  Random random(1);
  const Machine standard = Machine::standard(3);
  CHECK(names(LearningMachine(standard, 0.0, 1, 6, random).machine()) ==
        std::vector<std::string>{"READ", "INC", "ADD", "WRITE"});
  CHECK(names(LearningMachine(standard, 1.0, 1, 6, random).machine()) == names(standard));

  unsigned drawn = 0;
  constexpr unsigned draws = 200;
  for (unsigned i = 0; i < draws; ++i) {
    const auto some = names(LearningMachine(standard, 0.25, 1, 6, random).machine());
    drawn += std::ranges::count(some, "MAX") != 0 ? 1 : 0;
  }
  CHECK(drawn > draws / 8);
  CHECK(drawn < draws / 2);

  const auto table = test::table_with_custom_modules();
  const Machine custom(2, {*table.find("MAX"), *table.find("MUL"), *table.find("READ")});
  CHECK(names(LearningMachine(custom, 0.0, 1, 6, random).machine()) ==
        std::vector<std::string>{"MUL", "READ"});
}

TEST_CASE("a machine has a module even if none is always there and none is drawn") {
  Random random(1);
  const auto table = ModuleTable::standard();
  const Machine machine(1, {*table.find("SUB"), *table.find("MAX")});
  CHECK(names(LearningMachine(machine, 0.0, 1, 6, random).machine()) ==
        std::vector<std::string>{"SUB"});
}

}  // namespace
}  // namespace nram
