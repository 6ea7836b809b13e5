// Which registers and modules of a candidate matter.

#include "discrete/liveness.hpp"

#include "discrete/proposals/moves.hpp"
#include "discrete/source_analysis.hpp"
#include "discrete_support.hpp"

#include <doctest/doctest.h>

#include <nram/trainer/builtin_tasks.hpp>

using namespace nram;
using namespace nram::discrete;

TEST_CASE("candidates that are called equivalent behave equally") {
  Random random(8);
  const Machine machine = Machine::standard(3);
  const ExampleBatch batch(draw(*find_task("list-k"), random), 3);
  unsigned equivalent = 0;
  unsigned different = 0;
  for (int i = 0; i < 120; ++i) {
    const unsigned states = i % 3 == 0 ? 1 : 6;
    const Moves moves(machine, states);
    LaneEvaluator evaluator(machine, states, i % 3 == 1 ? penalties_with_features() : Penalties{});
    const Candidate a = moves.random_candidate(random);
    const LaneResult of_a = evaluator.evaluate(a, batch);
    const Liveness live = evaluator.liveness(a, of_a.rows);
    for (int k = 0; k < 30; ++k) {
      Candidate b = a;
      moves.mutate(b, {of_a.rows, live}, random);
      const LaneResult of_b = evaluator.evaluate(b, batch);
      if (evaluator.equivalent(a, b, of_a.rows, live)) {
        ++equivalent;
        REQUIRE(of_a.cost == of_b.cost);
        REQUIRE(of_a.steps == of_b.steps);
        REQUIRE(of_a.wrong == of_b.wrong);
      } else {
        different += of_a.cost != of_b.cost ? 1 : 0;
      }
    }
  }
  CHECK(equivalent > 100);
  CHECK(different > 100);
}

TEST_CASE("registers whose new value nobody looks at are left alone, and runs stay the same") {
  Random random(17);
  const Machine machine = Machine::standard(4);
  constexpr unsigned states = 6;
  const Moves moves(machine, states);
  LaneEvaluator evaluator(machine, states, Penalties{});
  const ExampleBatch batch(draw(*find_task("list-k"), random), 4);
  const std::span batches(&batch, 1);
  LaneEvaluator of_all_registers(machine, states, penalties_with_features());
  std::size_t before = 0;
  std::size_t after = 0;
  unsigned same = 0;
  for (int i = 0; i < 300; ++i) {
    Candidate candidate = moves.random_candidate(random);
    for (int k = 0; k < 20; ++k) {
      moves.mutate(candidate, {}, random);
    }
    Candidate simple = candidate;
    leave_dead_registers_alone(machine, states, simple);
    const LaneResult a = evaluator.evaluate(candidate, batches);
    const LaneResult b = evaluator.evaluate(simple, batches);
    CHECK(b.cost <= a.cost);  // fewer READs can fault
    same += a.cost == b.cost && a.steps == b.steps ? 1 : 0;
    before += of_all_registers.size(candidate);
    after += of_all_registers.size(simple);
    Candidate again = simple;
    leave_dead_registers_alone(machine, states, again);
    CHECK(again == simple);
  }
  CHECK(same > 250);
  CHECK(10 * after < 9 * before);
}

TEST_CASE("the size of a candidate counts what matters, and choices between its circuits") {
  const Machine machine = with_early_write();
  const SourceAnalysis sources(machine);
  const auto output = [&](unsigned module) {
    return static_cast<std::uint8_t>(machine.output_of(module));
  };
  constexpr unsigned one = 0;
  constexpr unsigned write = 1;
  constexpr unsigned inc = 2;
  constexpr unsigned add = 4;
  Candidate candidate;
  candidate.circuit_count = 2;
  candidate.circuit[1] = 1;
  Wiring& first = candidate.circuits[0];
  Wiring& second = candidate.circuits[1];
  first.arguments[machine.first_argument(write) + 1] = 1;
  first.registers = {output(inc), 1};
  second.arguments[machine.first_argument(write) + 1] = output(one);
  second.arguments[machine.first_argument(add) + 1] = 1;
  second.registers = {0, output(add)};
  Liveness live;
  live.fill(3);
  CHECK(sources.joint_size(candidate, 1, live) == 2);  // WRITE and INC
  CHECK(sources.joint_size(candidate, 2, live) == 3);  // ONE, WRITE, ADD
  // All four, what is written, and what both registers become.
  CHECK(sources.joint_size(candidate, 3, live) == 7);
  live.fill(1);
  CHECK(sources.joint_size(candidate, 3, live) == 5);  // without ADD and register 1
  live.fill(0xff);  // registers that the machine does not have, too
  CHECK(sources.joint_size(candidate, 3, live) == 7);
}

TEST_CASE("registers that a later step looks at are not touched") {
  const Machine machine = Machine::standard(3);
  Candidate automaton;  // 0: r1 := r0, r2 := r0; 1: r0 := r1, looking at r2
  automaton.circuit_count = 2;
  automaton.circuits[0].registers = {0, 0, 0};
  automaton.circuits[1].registers = {1, 1, 1};
  automaton.next_state = {1, 1, 0, 1};
  automaton.circuit = {0, 0, 1, 1};
  automaton.tests = {0, 2};
  automaton.finish[3] = true;
  Candidate simple = automaton;
  leave_dead_registers_alone(machine, 2, simple);
  // r0 is written (by WRITE of every circuit, at r0), r1 and r2 are looked at in state 1; after it,
  // only r0 matters.
  CHECK(simple.circuits[0].registers == automaton.circuits[0].registers);
  CHECK(simple.circuits[1].registers == decltype(Wiring::registers){1, 1, 2});
  Candidate table = automaton;
  leave_dead_registers_alone(machine, 1, table);
  CHECK(table == automaton);
}
