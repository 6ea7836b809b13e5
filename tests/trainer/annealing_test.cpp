#include "discrete/annealing.hpp"

#include "discrete/counter_examples.hpp"
#include "discrete/elite_pool.hpp"
#include "discrete/polish.hpp"
#include "discrete_support.hpp"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/builtin_tasks.hpp>

namespace nram::discrete {
namespace {

constexpr unsigned registers = 2;
constexpr unsigned states = 1;

// Annealing at `access`, which a table of two registers can do.
struct Bench {
  Machine machine = Machine::standard(registers);
  const Task& task = *find_task("access");
  Moves moves{machine, states};
  LaneEvaluator evaluator{machine, states, Penalties{}};
  MoveCounts counts{Moves::names()};

  std::vector<ExampleBatch> batches() {
    Random random(5);
    return {ExampleBatch(draw(task, random), registers)};
  }

  Annealer annealer(
      std::function<std::optional<std::vector<ExampleBatch>>(const Candidate&)> confirm) {
    return {machine,
            states,
            evaluator,
            {.propose = [this](Candidate& candidate, const Traits& traits,
                               Random& random) { return moves.mutate(candidate, traits, random); },
             .confirm = std::move(confirm),
             .count = [this](MoveSet used, Fate fate) { counts.add(used, fate); }}};
  }
};

const IsOver no_time = [] { return true; };
const IsOver for_ever = [] { return false; };

TEST_CASE("annealing does not depend on how it is sliced") {
  Bench bench;
  const auto anneal = [&](const IsOver& slice, unsigned& slices) {
    Random random(3);
    Annealer annealer = bench.annealer([](const Candidate&) { return std::nullopt; });
    annealer.begin(bench.moves.random_candidate(random), {.candidates = 3000}, bench.batches());
    for (slices = 1; !annealer.run(random, slice); ++slices) {
    }
    CHECK_FALSE(annealer.is_running());
    return std::tuple(annealer.current(), annealer.best().cost, annealer.evaluated(),
                      annealer.has_found());
  };
  unsigned many = 0;
  unsigned one = 0;
  const auto in_slices = anneal(no_time, many);
  CHECK(in_slices == anneal(for_ever, one));
  CHECK(one == 1);
  CHECK(many > 10);
}

TEST_CASE("a candidate without cost ends the run if it is confirmed, and else meets new examples") {
  Bench bench;
  Random random(3);
  unsigned asked = 0;
  Annealer annealer = bench.annealer([&](const Candidate& candidate) {
    CHECK(bench.evaluator.evaluate(candidate, bench.batches()).cost == 0.0);
    return ++asked < 3 ? std::optional(bench.batches()) : std::nullopt;
  });
  for (unsigned runs = 0; !annealer.has_found(); ++runs) {
    REQUIRE(runs < 50);
    annealer.begin(bench.moves.random_candidate(random), {}, bench.batches());
    annealer.run(random, for_ever);
  }
  CHECK(asked == 3);
  CHECK(bench.evaluator.evaluate(annealer.current(), bench.batches()).cost == 0.0);
  CHECK(annealer.best().cost == 0.0);

  // What was proposed is counted.
  std::uint64_t proposed = 0;
  std::uint64_t accepted = 0;
  for (const MoveCount& move : bench.counts.counts()) {
    CHECK(move.improved <= move.accepted);
    CHECK(move.accepted <= move.proposed);
    proposed += move.proposed;
    accepted += move.accepted;
  }
  CHECK(proposed > annealer.evaluated());
  CHECK(accepted > 0);
}

TEST_CASE("polishing leaves the cost, takes no more steps, and does not depend on its slices") {
  Bench bench;
  Random random(3);
  Annealer annealer = bench.annealer([](const Candidate&) { return std::nullopt; });
  while (!annealer.has_found()) {
    annealer.begin(bench.moves.random_candidate(random), {}, bench.batches());
    annealer.run(random, for_ever);
  }
  const Candidate rough = annealer.current();
  const auto polish = [&](const IsOver& slice) {
    Random own(9);
    Polisher polisher(bench.evaluator, [&](Candidate& candidate, const Traits& traits, Random& r) {
      return bench.moves.mutate(candidate, traits, r);
    });
    polisher.begin(rough, 20000, bench.batches());
    while (!polisher.run(own, slice)) {
    }
    CHECK(polisher.cost() == 0.0);
    return std::tuple(polisher.current(), polisher.evaluated());
  };
  const auto polished = polish(for_ever);
  CHECK(polished == polish(no_time));
  const LaneResult before = bench.evaluator.evaluate(rough, bench.batches());
  const std::size_t size_before = bench.evaluator.size(rough);
  const LaneResult after = bench.evaluator.evaluate(std::get<0>(polished), bench.batches());
  CHECK(after.cost == 0.0);
  CHECK(after.steps <= before.steps);
  CHECK((after.steps < before.steps || bench.evaluator.size(std::get<0>(polished)) <= size_before));
}

Elite elite_of(double cost) {
  Elite elite;
  elite.cost = cost;
  return elite;
}

std::vector<double> costs_of(const ElitePool& pool) {
  std::vector<double> costs;
  for (const Elite& elite : pool.elites()) {
    costs.push_back(elite.cost);
  }
  std::ranges::sort(costs);
  return costs;
}

TEST_CASE("a pool of elites keeps the cheapest of different costs") {
  ElitePool pool({.size = 3, .rivals = 3, .patience = 5});
  for (const double cost : {0.5, 0.9, 0.7}) {
    CHECK_FALSE(pool.is_full());
    pool.offer(elite_of(cost));
  }
  CHECK(pool.is_full());
  pool.offer(elite_of(0.5));  // one costs the same
  pool.offer(elite_of(0.95));
  CHECK(costs_of(pool) == std::vector{0.5, 0.7, 0.9});
  CHECK(pool.stale() == 4);
  pool.offer(elite_of(0.3));
  CHECK(costs_of(pool) == std::vector{0.3, 0.5, 0.7});
  CHECK(pool.stale() == 0);
  CHECK(pool.best_cost() == 0.3);
  // Without a new best for long, it begins anew.
  for (unsigned i = 0; i < 5; ++i) {
    pool.offer(elite_of(0.4));
  }
  CHECK(pool.elites().empty());
  CHECK(pool.stale() == 0);
}

TEST_CASE("a tournament is won by the cheapest of those that were drawn") {
  ElitePool pool({.size = 3, .rivals = 50, .patience = 100});
  for (const double cost : {0.5, 0.1, 0.7}) {
    pool.offer(elite_of(cost));
  }
  Random random(1);
  CHECK(pool.tournament(random).cost == 0.1);
  // Costs are asked for anew when examples change.
  pool.evaluate([](const Candidate&) { return 0.25; });
  CHECK(costs_of(pool) == std::vector{0.25, 0.25, 0.25});
  CHECK(pool.best_cost() == 0.25);
}

TEST_CASE("what a candidate is wrong on joins the examples") {
  Bench bench;
  CounterExamples examples(bench.task, {.states = states, .registers = registers}, bench.evaluator,
                           Random(4));
  const std::vector<TestCase> before = examples.examples();
  CHECK(before.size() == std::size_t{2} * lane_count);
  Random random(2);
  const Candidate wrong = bench.moves.random_candidate(random);
  CHECK_FALSE(examples.confirm(wrong, 3));
  std::size_t changed = 0;
  for (const TestCase& example : examples.examples()) {
    const bool is_known = std::ranges::any_of(
        before, [&](const TestCase& known) { return known.example == example.example; });
    if (!is_known) {
      ++changed;
      CHECK(bench.evaluator.evaluate(wrong, ExampleBatch(std::span(&example, 1), registers)).cost >
            0.0);
    }
  }
  CHECK(changed > 0);
  CHECK_THROWS_AS(examples.restore({}, Random(1)), Error);
}

TEST_CASE("every move has a name of its own and comes up") {
  const auto names = Moves::names();
  CHECK(std::set<std::string_view>(names.begin(), names.end()).size() == names.size());
  const Machine machine = Machine::standard(3);
  MoveSet seen = 0;
  for (const unsigned of_states : {1U, 6U}) {
    const Moves moves(machine, of_states);
    Random random(7);
    for (unsigned i = 0; i < 5000; ++i) {
      Candidate candidate = moves.random_candidate(random);
      seen |= moves.mutate(candidate, {}, random);
    }
  }
  CHECK(seen == (MoveSet{1} << names.size()) - 1);
}

}  // namespace
}  // namespace nram::discrete
