// The judge of the discrete search against the reference interpreter, and what makes it quick.

#include "discrete/cost/lane_evaluator.hpp"

#include "discrete/proposals/moves.hpp"
#include "discrete_support.hpp"

#include <span>

#include <doctest/doctest.h>

#include <nram/engine/error.hpp>
#include <nram/engine/executor.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/evaluation.hpp>

using namespace nram;
using namespace nram::discrete;

namespace {

Machine with_custom_modules() {
  ModuleTable table = ModuleTable::standard();
  table.add({"MUL", Opcode::custom, 2, [](Word a, Word b, Modulus m) { return m.reduce(a * b); },
             "a * b"});
  return {3, {table.modules().begin(), table.modules().end()}};
}

}  // namespace

// The judge of the discrete search against the reference interpreter, example by example.
TEST_CASE("the lane evaluator agrees with the reference interpreter") {
  Random random(11);
  // Penalties that tell the three faults apart.
  Penalties penalties;
  penalties = Penalties{};
  penalties.value_written = penalties.was_right = 0.0;
  penalties.unclean = 1000.0;
  penalties.not_stopped = 100000.0;
  penalties.while_wrong = 1.0;
  unsigned right = 0;
  unsigned stopped = 0;
  unsigned faulted = 0;
  unsigned unclean = 0;
  for (const unsigned states : {1U, 2U, 6U}) {
    for (const Machine& machine : {Machine::standard(2), with_custom_modules(), with_early_write(),
                                   Machine::standard(2, Order::signed_numbers)}) {
      const Moves moves(machine, states);
      LaneEvaluator evaluator(machine, states, penalties);
      for (const BuiltinTask& task : builtin_tasks()) {
        const std::vector<TestCase> examples = draw(task, random);
        Candidate candidate = moves.random_candidate(random);
        for (int i = 0; i < 40; ++i) {
          moves.mutate(candidate, {}, random);
          const auto reference =
              make_executor(Engine::reference, to_program(machine, states, candidate));
          for (std::size_t e = 0; e < examples.size(); e += 7) {
            const TestCase& test = examples[e];
            const Verdict verdict = judge(*reference, test, *test.example.steps);
            const ExampleBatch batch(std::span(&examples[e], 1), machine.registers());
            const LaneResult result = evaluator.evaluate(candidate, batch);
            CAPTURE(task.name());
            REQUIRE((result.wrong != 0) == !verdict.right());
            REQUIRE((result.cost < 100000.0) == verdict.stopped);
            const double rest = verdict.stopped ? result.cost : result.cost - 100000.0;
            REQUIRE((rest < 400.0) == verdict.clean);
            const double share = static_cast<double>(verdict.wrong_cells) /
                                 static_cast<double>(verdict.result_cells);
            if (verdict.clean && verdict.stopped) {
              REQUIRE(result.cost == doctest::Approx(share));
            }
            right += verdict.right() ? 1 : 0;
            stopped += verdict.stopped ? 1 : 0;
            faulted += verdict.faulted ? 1 : 0;
            unclean += verdict.clean ? 0 : 1;
          }
        }
      }
    }
  }
  // The comparison has seen every kind of outcome.
  CHECK(right > 0);
  CHECK(stopped > 0);
  CHECK(faulted > 0);
  CHECK(unclean > 0);
}

// Lanes go their own ways from step to step, but none perturbs another.
TEST_CASE("the outcome of a batch is that of its examples one by one") {
  Random random(4);
  unsigned parted = 0;
  for (const unsigned states : {1U, 2U, 6U}) {
    for (const Machine& machine :
         {Machine::standard(3), with_custom_modules(), with_early_write()}) {
      const Moves moves(machine, states);
      LaneEvaluator evaluator(machine, states, Penalties{});
      for (const std::string_view task : {"copy", "list-search"}) {
        const std::vector<TestCase> examples = draw(*find_task(task), random);
        for (int i = 0; i < 30; ++i) {
          Candidate candidate = moves.random_candidate(random);
          for (int k = 0; k < 20; ++k) {
            moves.mutate(candidate, {}, random);
          }
          double cost = 0.0;
          std::uint64_t steps = 0;
          std::uint64_t rows = 0;
          std::uint64_t wrong = 0;
          for (std::size_t e = 0; e < examples.size(); ++e) {
            const ExampleBatch single(std::span(&examples[e], 1), machine.registers());
            const LaneResult result = evaluator.evaluate(candidate, single);
            cost += result.cost / lane_count;
            steps += result.steps;
            parted += rows != 0 && rows != result.rows ? 1 : 0;
            rows |= result.rows;
            wrong |= (result.wrong & 1U) << e;
          }
          const LaneResult together =
              evaluator.evaluate(candidate, ExampleBatch(examples, machine.registers()));
          CHECK(together.cost == doctest::Approx(cost).epsilon(1e-5));
          CHECK(together.steps == steps);
          CHECK(together.rows == rows);
          CHECK(together.wrong == wrong);
        }
      }
    }
  }
  CHECK(parted > 200);
}

TEST_CASE("the rows that a candidate is expected to enter change nothing but the time it takes") {
  Random random(23);
  const Machine machine = Machine::standard(4);
  constexpr unsigned states = 8;
  const Moves moves(machine, states);
  const ExampleBatch batch(draw(*find_task("copy"), random), 4);
  const std::span batches(&batch, 1);
  unsigned entered_others = 0;
  for (int i = 0; i < 400; ++i) {
    LaneEvaluator evaluator(machine, states, i % 2 == 0 ? penalties_with_features() : Penalties{});
    const Candidate before = moves.random_candidate(random);
    const std::uint64_t visited = evaluator.evaluate(before, batches).rows;
    Candidate candidate = before;
    moves.mutate(candidate, {visited}, random);
    const LaneResult plain = evaluator.evaluate(candidate, batches);
    const std::uint64_t likely = likely_rows(machine, states, before, visited, candidate);
    const LaneResult quick = evaluator.evaluate(candidate, batches, {}, likely);
    CHECK((likely & ~reachable_rows(machine, states, candidate)) == 0);
    CHECK(quick.cost == plain.cost);
    CHECK(quick.steps == plain.steps);
    CHECK(quick.wrong == plain.wrong);
    entered_others += (plain.rows & ~likely) != 0 ? 1 : 0;
  }
  CHECK(entered_others > 0);    // so that falling back is tried
  CHECK(entered_others < 100);  // and rare
}

TEST_CASE("a candidate is rejected above a limit, by the first batch alone if it has one") {
  Random random(10);
  const Machine machine = Machine::standard(3);
  const Moves moves(machine, 1);
  LaneEvaluator evaluator(machine, 1, Penalties{});
  const Task& task = *find_task("copy");
  const std::vector<ExampleBatch> batches = {ExampleBatch(draw(task, random), 3),
                                             ExampleBatch(draw(task, random), 3)};
  for (int i = 0; i < 20; ++i) {
    const Candidate candidate = moves.random_candidate(random);
    const LaneResult first = evaluator.evaluate(candidate, batches[0]);
    const LaneResult second = evaluator.evaluate(candidate, batches[1]);
    const LaneResult both = evaluator.evaluate(candidate, batches);
    REQUIRE_FALSE(both.rejected);
    CHECK(both.first == first.cost);
    CHECK(both.cost == doctest::Approx((first.cost + second.cost) / 2));
    CHECK(both.steps == first.steps + second.steps);
    CHECK(both.rows == (first.rows | second.rows));
    CHECK_FALSE(evaluator.evaluate(candidate, batches, {both.cost, both.first}).rejected);
    CHECK(evaluator.evaluate(candidate, batches, {both.cost * 0.999}).rejected);
    const LaneResult early =
        evaluator.evaluate(candidate, batches, {both.cost, first.cost * 0.999});
    CHECK(early.rejected);
    CHECK(early.steps == first.steps);  // the second batch was not run
  }
}

TEST_CASE("a candidate that is still running after a limit of steps is rejected, and no other") {
  Random random(23);
  const Machine machine = Machine::standard(3);
  const unsigned states = 4;
  const Moves moves(machine, states);
  LaneEvaluator evaluator(machine, states, Penalties{});
  std::vector<ExampleBatch> batches;
  for (unsigned i = 0; i < max_batches; ++i) {
    batches.emplace_back(draw(*find_task("copy"), random), machine.registers());
  }
  unsigned stopping = 0;
  unsigned running_on = 0;
  for (int i = 0; i < 400; ++i) {
    const Candidate candidate = moves.random_candidate(random);
    const LaneResult free = evaluator.evaluate(candidate, batches);
    REQUIRE(!free.rejected);
    for (unsigned p = 0; p < max_batches; ++p) {
      const unsigned longest = evaluator.evaluate(candidate, batches[p]).longest[0];
      CHECK(free.longest[p] == longest);
      Limit limit;
      if (longest == without_limit) {
        limit.steps[p] = 3;  // some example goes on to the end of its budget, which is longer
        CHECK(evaluator.evaluate(candidate, batches, limit).rejected);
        ++running_on;
        continue;
      }
      limit.steps[p] = longest;
      CHECK(evaluator.evaluate(candidate, batches, limit).cost == free.cost);
      CHECK(!evaluator.evaluate(candidate, batches, limit).rejected);
      limit.steps[p] = longest - 1;
      CHECK(evaluator.evaluate(candidate, batches, limit).rejected);
      ++stopping;
    }
  }
  CHECK(stopping > 0);
  CHECK(running_on > 0);
}

TEST_CASE("less partial credit makes wrong cells dearer, and nothing else") {
  Random random(13);
  const Machine machine = Machine::standard(3);
  const Moves moves(machine, 1);
  Penalties none;
  none.partial_credit = 0.0;
  LaneEvaluator generous(machine, 1, Penalties{});
  LaneEvaluator strict(machine, 1, none);
  const ExampleBatch batch(draw(*find_task("copy"), random), 3);
  unsigned dearer = 0;
  for (int i = 0; i < 100; ++i) {
    const Candidate candidate = moves.random_candidate(random);
    const LaneResult a = generous.evaluate(candidate, batch);
    const LaneResult b = strict.evaluate(candidate, batch);
    CHECK(b.cost >= a.cost);
    CHECK(b.wrong == a.wrong);
    dearer += b.cost > a.cost ? 1 : 0;
  }
  CHECK(dearer > 25);
}

TEST_CASE("a batch of a machine with too few registers is refused") {
  TestCase test{{.memory = {1, 2}, .expected = {1, 2}, .registers = {0, 0, 1}, .steps = 3}, {}};
  CHECK_NOTHROW(ExampleBatch(std::span(&test, 1), 3));
  CHECK_THROWS_WITH_AS(ExampleBatch(std::span(&test, 1), 2), doctest::Contains("sets 3 registers"),
                       Error);
}
