// What attempts are made of, each part by itself.

#include "attempts/annealing_patience.hpp"
#include "attempts/annealing_search.hpp"
#include "attempts/automaton_examples.hpp"
#include "attempts/iterated_search.hpp"
#include "discrete/proposal_loop.hpp"

#include <limits>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/builtin_tasks.hpp>

namespace nram {
namespace {

using Verdict = IteratedSearch::Verdict;

const std::vector<Module>& modules_of_parts() {
  static const std::vector<Module> all = Machine::standard(1).modules();
  return all;
}

TEST_CASE("proposals are tried in slices, all of them or until one ends the loop") {
  discrete::ProposalLoop loop;
  CHECK_FALSE(loop.is_running());
  unsigned tried = 0;
  const auto count = [&] { ++tried; };
  loop.begin(1000);
  unsigned slices = 1;
  for (; !loop.run(count, [] { return true; }); ++slices) {
    CHECK(loop.done() == doctest::Approx(tried / 1000.0));
  }
  CHECK(tried == 1000);
  CHECK(slices > 10);
  CHECK(loop.run(count, [] { return false; }));  // there is nothing left
  CHECK(tried == 1000);
  loop.begin(1000);
  CHECK(loop.run(
      [&] {
        if (loop.tried() == 5) {
          loop.stop();
        }
      },
      [] { return false; }));
  CHECK(loop.tried() == 6);
  loop.begin(0);
  CHECK(loop.run(count, [] { return false; }));
}

TEST_CASE("an annealing attempt that gets better goes on, one that is far off ends at half time") {
  AnnealingPlan plan;
  plan.candidates = 1000;
  plan.patience = 4;
  plan.patience_if_nearly_right = 3;
  plan.nearly_right = 0.2;
  plan.most_at_half = 0.6;
  AnnealingPatience patience(plan);
  patience.add(500);
  CHECK(patience.is_over(0.7));
  CHECK_FALSE(patience.is_over(0.6));
  patience.add(400);
  patience.note_improvement();
  patience.add(200);
  CHECK(patience.work() == 1100);
  CHECK_FALSE(patience.is_over(0.5));
  patience.add(50);  // 250 since the last new best
  CHECK(patience.is_over(0.5));
  CHECK_FALSE(patience.is_over(0.1));  // only some ends are missing
  patience.add(500);
  CHECK(patience.is_over(0.1));

  AnnealingPatience other(plan);
  other.restore(patience.work(), patience.improved_at());
  CHECK(other.is_over(0.1));
  CHECK_THROWS_AS(other.restore(5, 6), Error);
  CHECK_THROWS_AS(other.restore(~std::uint64_t{0}, 0), Error);
}

TEST_CASE("iterated search keeps what is better, drops what is worse, and counts the rounds") {
  AutomatonPlan plan;
  plan.stages = 3;
  plan.first_stages = 4;
  plan.most_worse = {0.6, 0.2};
  plan.temperature = 0.0;
  plan.improvement = 0.01;
  IteratedSearch search(plan);
  Random random(1);
  const auto round = [&](std::initializer_list<double> costs) {
    Verdict verdict = Verdict::go_on;
    for (const double cost : costs) {
      REQUIRE(verdict == Verdict::go_on);
      verdict = search.end_stage(cost, random);
    }
    if (verdict == Verdict::keep || verdict == Verdict::drop) {
      search.begin_round();
    }
    return verdict;
  };
  CHECK(search.stages() == 4);
  CHECK(round({9.0, 5.0, 3.0, 1.0}) == Verdict::keep);  // from nothing
  CHECK(search.cost() == 1.0);
  CHECK(search.stale() == 0);
  CHECK(search.stages() == 3);
  CHECK(round({1.5, 1.1, 0.5}) == Verdict::keep);
  CHECK(round({1.2}) == Verdict::drop);       // far worse after a stage
  CHECK(round({1.0, 0.8}) == Verdict::drop);  // less is far after two
  CHECK(round({0.5, 0.5, 0.6}) == Verdict::drop);
  CHECK(round({0.5, std::numeric_limits<double>::infinity()}) == Verdict::drop);
  CHECK(search.cost() == 0.5);
  CHECK(search.stale() == 4);
  CHECK(round({0.5, 0.5, 0.495}) == Verdict::keep);
  CHECK(search.stale() == 5);  // that is hardly better
  search.lengthen(0.9);
  CHECK(round({0.9, 0.9, 0.95}) == Verdict::drop);
  CHECK(search.stale() == 0);  // on longer examples, what is known is a new best
  CHECK(search.cost() == 0.9);
}

TEST_CASE("iterated search that learns nothing at all has diverged") {
  IteratedSearch search(AutomatonPlan{});
  Random random(1);
  CHECK(search.end_stage(2.0, random) == Verdict::go_on);
  CHECK(search.end_stage(std::numeric_limits<double>::infinity(), random) == Verdict::diverged);
}

TEST_CASE("iterated search goes on from what it saved, and not from what cannot be") {
  IteratedSearch search(AutomatonPlan{});
  Random random(1);
  (void)search.end_stage(2.0, random);
  Json saved = Json::object();
  search.save_to(saved);
  IteratedSearch other(AutomatonPlan{});
  other.restore_from(saved);
  Json again = Json::object();
  other.save_to(again);
  CHECK(again == saved);
  const auto refuses = [&](const char* field, const Json& value) {
    Json spoiled = saved;
    spoiled[field] = value;
    CHECK_THROWS_AS(other.restore_from(spoiled), Error);
  };
  refuses("stage", 6U);
  refuses("cost", exact(std::numeric_limits<double>::quiet_NaN()));
  saved["stage"] = 4U;
  CHECK_NOTHROW(other.restore_from(saved));
  refuses("cost", exact(0.5));  // of something learned there are three stages
}

TEST_CASE("an automaton's examples are those of its levels, validated always on the same ones") {
  const Task& task = *find_task("copy");
  const Settings settings;
  const AttemptContext context{task, modules_of_parts(), settings};
  const Machine machine = Machine::standard(4);
  AutomatonPlan plan;
  plan.levels = 2;
  const auto make = [&](std::uint64_t number) {
    Random random(3);
    return AutomatonExamples(context, number, plan, machine, 2, random);
  };
  AutomatonExamples examples = make(8);
  CHECK(examples.levels() == 2);
  CHECK(examples.validation().size() == plan.validation_groups);
  CHECK(make(8).validation().front().initial_memory ==
        examples.validation().front().initial_memory);
  CHECK(make(9).validation().front().initial_memory !=
        examples.validation().front().initial_memory);
  CHECK(examples.prologue(machine).size() == examples.prologue_cells());
  Random random(5);
  const std::size_t groups = examples.draw(random).size();
  CHECK(groups == 1);
  while (!examples.is_at_last_level()) {
    const std::size_t before = examples.levels();
    examples.lengthen();
    CHECK(examples.levels() == before + 1);
  }
  CHECK(examples.levels() == task.levels());
  AutomatonExamples restored = make(8);
  restored.restore(task.levels());
  CHECK(restored.validation().back().initial_memory == examples.validation().back().initial_memory);
  CHECK_THROWS_AS(restored.restore(0), Error);
  CHECK_THROWS_AS(restored.restore(task.levels() + 1), Error);
}

TEST_CASE("a search that repairs starts every round from what it repairs") {
  const Task& task = *find_task("copy");
  Settings settings;
  settings.machine.registers = 3;
  const AttemptContext context{task, modules_of_parts(), settings};
  AnnealingPlan plan = repair_plan(settings, 0);
  plan.round_candidates = 1;
  const auto first_of = [&](std::optional<RepairStart> start) {
    AnnealingSearch search(context, 0, plan, std::move(start));
    search.begin_round(false);
    return search.annealer().current();
  };
  AnnealingSearch other(context, 7, plan, std::nullopt);
  const discrete::Candidate candidate = other.draw();
  CHECK(first_of(RepairStart{candidate, {}}) == candidate);
  CHECK_FALSE(first_of(std::nullopt) == candidate);
}

TEST_CASE("a search goes on from what it saved") {
  const Task& task = *find_task("copy");
  Settings settings;
  settings.annealing.candidates = 2000;
  const AttemptContext context{task, modules_of_parts(), settings};
  const AnnealingPlan plan = annealing_plan(settings, 1);
  const auto round = [](AnnealingSearch& search) {
    search.begin_round(false);
    while (!search.anneal([] { return false; })) {
    }
    search.offer(search.annealer().best());
    Json saved = Json::object();
    search.save_to(saved);
    return saved;
  };
  AnnealingSearch search(context, 1, plan, std::nullopt);
  const Json saved = round(search);
  AnnealingSearch other(context, 1, plan, std::nullopt);
  other.restore_from(saved);
  CHECK(round(other) == round(search));
  CHECK(other.pool().elites().size() == 2);
}

}  // namespace
}  // namespace nram
