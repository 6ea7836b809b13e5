// Candidates as programs and as models, and what is known about them without running them.

#include "discrete/candidate.hpp"

#include "discrete/proposals/moves.hpp"
#include "discrete_support.hpp"

#include <bit>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <nram/engine/error.hpp>
#include <nram/engine/executor.hpp>
#include <nram/model-io/compile.hpp>
#include <nram/model-io/exporter.hpp>
#include <nram/trainer/builtin_tasks.hpp>

using namespace nram;
using namespace nram::discrete;

namespace {

// What a program makes of an example: its memory and how the run went.
std::pair<std::vector<Word>, std::uint64_t> run(const Program& program, const TestCase& test) {
  std::vector<Word> memory = test.example.memory;
  RunOptions options;
  options.modulus = test.modulus.value_or(Modulus::of(memory.size()));
  options.step_limit = *test.example.steps;
  const RunResult result =
      make_executor(Engine::reference, program)->run(MemoryView(std::span(memory)), options);
  return {memory, result.steps * 8 + static_cast<std::uint64_t>(result.outcome)};
}

}  // namespace

TEST_CASE("a program compiled to weights survives the way through a model") {
  Random random(2);
  for (const unsigned registers : {1U, 2U, 4U}) {
    const Machine machine = Machine::standard(registers);
    const Moves moves(machine, 1);
    for (int i = 0; i < 10; ++i) {
      const Program program = to_program(machine, 1, moves.random_candidate(random));
      const Program exported = discretise(compile_to_weights(program, {}));
      for (std::uint32_t mask = 0; mask < machine.masks(); ++mask) {
        const Transition& before = program.transition(0, mask);
        const Transition& after = exported.transition(0, mask);
        REQUIRE(before.finish == after.finish);
        REQUIRE(program.circuits()[before.circuit] == exported.circuits()[after.circuit]);
      }
    }
  }
}

TEST_CASE("a program compiled to weights with states survives the way through an LSTM") {
  Random random(6);
  std::uint64_t longest = 0;
  for (const auto& [registers, states] :
       {std::pair{1U, 2U}, {2U, 4U}, {3U, 3U}, {3U, 8U}, {4U, 16U}}) {
    const Machine machine = Machine::standard(registers);
    const Moves moves(machine, states);
    for (int i = 0; i < 5; ++i) {
      const Program program = to_program(machine, states, moves.random_candidate(random));
      const Model model = compile_to_weights(program, {});
      CHECK((model.controller().kind == ControllerKind::lstm) == (program.states() > 1));
      const Program exported = discretise(model);
      CHECK(exported.states() <= states);
      for (const BuiltinTask& task : builtin_tasks()) {
        for (const TestCase& test : draw(task, random)) {
          const auto before = run(program, test);
          REQUIRE(run(exported, test) == before);
          longest = std::max(longest, before.second / 8);
        }
      }
    }
  }
  CHECK(longest > 10);  // not only programs that finish at once
}

TEST_CASE("a program becomes a candidate that behaves alike") {
  Random random(12);
  const Machine machine = Machine::standard(3);
  const Moves moves(machine, 1);
  LaneEvaluator evaluator(machine, 1, Penalties{});
  const ExampleBatch batch(draw(*find_task("copy"), random), 3);
  for (int i = 0; i < 20; ++i) {
    const Candidate candidate = moves.random_candidate(random);
    const auto back = from_program(to_program(machine, 1, candidate));
    REQUIRE(back);
    CHECK(evaluator.evaluate(*back, batch).cost == evaluator.evaluate(candidate, batch).cost);
    CHECK(evaluator.evaluate(*back, batch).rows == evaluator.evaluate(candidate, batch).rows);
  }
  const Machine recurrent = Machine::standard(2);
  Candidate two = Moves(recurrent, 2).random_candidate(random);
  two.finish[0] = two.finish[1] = false;
  two.next_state[0] = two.next_state[1] = 1;
  CHECK_FALSE(from_program(to_program(recurrent, 2, two)));
}

TEST_CASE("a simplified candidate behaves alike and has no circuits but those visited") {
  Random random(9);
  const Machine machine = Machine::standard(3);
  const ExampleBatch batch(draw(*find_task("reverse"), random), 3);
  std::size_t before = 0;
  std::size_t after = 0;
  for (int i = 0; i < 50; ++i) {
    const unsigned states = i % 2 == 0 ? 1 : 8;
    const Moves moves(machine, states);
    LaneEvaluator evaluator(machine, states, Penalties{});
    Candidate candidate = moves.random_candidate(random);
    for (int k = 0; k < 20; ++k) {
      moves.mutate(candidate, {}, random);
    }
    const LaneResult result = evaluator.evaluate(candidate, batch);
    const Candidate simple = simplified(machine, states, candidate, result.rows);
    const LaneResult same = evaluator.evaluate(simple, batch);
    REQUIRE(same.cost == result.cost);
    // The two rows of a state can have become the same; then either may be told as visited.
    const auto entered = [&](std::uint64_t rows) {
      return states == 1 ? rows : (rows | rows >> 1U) & 0x5555555555555555U;
    };
    REQUIRE(entered(same.rows) == entered(result.rows));
    const Program program = to_program(machine, states, simple);
    if (states == 1) {
      CHECK(program.circuits().size() <= static_cast<std::size_t>(std::popcount(result.rows)));
    }
    before += to_program(machine, states, candidate).circuits().size();
    after += program.circuits().size();
  }
  CHECK(after < before);
}

TEST_CASE("a machine too large for the search is refused") {
  CHECK_THROWS_AS(require_searchable(Machine::standard(7), 1), Error);
  CHECK_THROWS_AS(require_searchable(Machine::standard(3), 17), Error);
  CHECK_NOTHROW(require_searchable(Machine::standard(6), 16));
  CHECK_NOTHROW(require_searchable(Machine::standard(6), 1));
}

TEST_CASE("only rows that a run can come to are reachable, and only they become states") {
  const Machine machine = Machine::standard(2);
  Candidate automaton;  // 0 -> 2 or the end, 2 -> 0 or 3, 3 -> 3; nothing leads to 1
  automaton.next_state[0] = 2;
  automaton.finish[1] = true;
  automaton.next_state[1] = 1;
  automaton.next_state[4] = 0;
  automaton.next_state[5] = 3;
  automaton.next_state[6] = automaton.next_state[7] = 3;
  CHECK(reachable_rows(machine, 5, automaton) == 0b11110011);
  CHECK(to_program(machine, 5, automaton).states() == 3);
  CHECK(reachable_rows(machine, 1, automaton) == 0b1111);
  CHECK(reachable_rows(Machine::standard(6), 1, automaton) == ~std::uint64_t{0});
}
