// Machines with some of the modules: which they have, and that programs for them mean the same on
// the whole machine.

#include "learning_machine.hpp"

#include <algorithm>
#include <random>
#include <string>
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
    const LearningMachine subset(full, 0.4, 1, drawn);
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

TEST_CASE("READ, INC, WRITE and modules of a user's own are always there, the others by chance") {
  Random random(1);
  const Machine standard = Machine::standard(3);
  CHECK(names(LearningMachine(standard, 0.0, 1, random).machine()) ==
        std::vector<std::string>{"READ", "INC", "WRITE"});
  CHECK(names(LearningMachine(standard, 1.0, 1, random).machine()) == names(standard));

  unsigned drawn = 0;
  constexpr unsigned draws = 200;
  for (unsigned i = 0; i < draws; ++i) {
    const auto some = names(LearningMachine(standard, 0.25, 1, random).machine());
    drawn += std::ranges::count(some, "MAX") != 0 ? 1 : 0;
  }
  CHECK(drawn > draws / 8);
  CHECK(drawn < draws / 2);

  const auto table = test::table_with_custom_modules();
  const Machine custom(2, {*table.find("MAX"), *table.find("MUL"), *table.find("READ")});
  CHECK(names(LearningMachine(custom, 0.0, 1, random).machine()) ==
        std::vector<std::string>{"MUL", "READ"});
}

TEST_CASE("a machine has a module even if none is always there and none is drawn") {
  Random random(1);
  const auto table = ModuleTable::standard();
  const Machine machine(1, {*table.find("ADD"), *table.find("MAX")});
  CHECK(names(LearningMachine(machine, 0.0, 1, random).machine()) ==
        std::vector<std::string>{"ADD"});
}

}  // namespace
}  // namespace nram
