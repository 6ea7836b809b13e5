// What attempts by gradient are made of, each part by itself.

#include "attempts/automaton_examples.hpp"
#include "attempts/automaton_training.hpp"
#include "attempts/controller_examples.hpp"
#include "attempts/iterated_search.hpp"
#include "attempts/learned_automaton.hpp"
#include "small_settings.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/builtin_tasks.hpp>

namespace nram {
namespace {

using Progress = IteratedSearch::Verdict;

const std::vector<Module>& modules_of_parts() {
  static const std::vector<Module> all = Machine::standard(1).modules();
  return all;
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
    Progress verdict = Progress::go_on;
    for (const double cost : costs) {
      REQUIRE(verdict == Progress::go_on);
      verdict = search.end_stage(cost, random);
    }
    if (verdict == Progress::keep || verdict == Progress::drop) {
      search.begin_round();
    }
    return verdict;
  };
  CHECK(search.stages() == 4);
  CHECK(round({9.0, 5.0, 3.0, 1.0}) == Progress::keep);  // from nothing
  CHECK(search.cost() == 1.0);
  CHECK(search.stale() == 0);
  CHECK(search.stages() == 3);
  CHECK(round({1.5, 1.1, 0.5}) == Progress::keep);
  CHECK(round({1.2}) == Progress::drop);       // far worse after a stage
  CHECK(round({1.0, 0.8}) == Progress::drop);  // less is far after two
  CHECK(round({0.5, 0.5, 0.6}) == Progress::drop);
  CHECK(round({0.5, std::numeric_limits<double>::infinity()}) == Progress::drop);
  CHECK(search.cost() == 0.5);
  CHECK(search.stale() == 4);
  CHECK(round({0.5, 0.5, 0.495}) == Progress::keep);
  CHECK(search.stale() == 5);  // that is hardly better
  search.lengthen(0.9);
  CHECK(round({0.9, 0.9, 0.95}) == Progress::drop);
  CHECK(search.stale() == 0);  // on longer examples, what is known is a new best
  CHECK(search.cost() == 0.9);
}

TEST_CASE("iterated search that learns nothing at all has diverged") {
  IteratedSearch search(AutomatonPlan{});
  Random random(1);
  CHECK(search.end_stage(2.0, random) == Progress::go_on);
  CHECK(search.end_stage(std::numeric_limits<double>::infinity(), random) == Progress::diverged);
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

// Figures of a batch in which so many of the cells are right.
struct FiguresOfBatch {
  FiguresOfBatch(std::size_t groups, unsigned cells, unsigned right) : of_group(groups) {
    for (GroupResult& group : of_group) {
      group.result_cells.fill(cells);
      group.right_cells.fill(right);
    }
    result.groups = of_group;
  }

  std::vector<GroupResult> of_group;
  CostResult result;
};

TEST_CASE("a controller's examples get harder once the answers are right") {
  const Task& task = *find_task("copy");
  Settings settings = quick_settings();
  settings.optimizer.batch = 64;
  settings.cost.slack_steps = 2;
  const AttemptContext context{task, modules_of_parts(), settings};
  const Machine machine = Machine::standard(3);
  ControllerExamples examples(context, settings, machine);
  Random random(7);
  std::uint64_t iteration = 0;
  const auto learn = [&](unsigned right) {
    const std::vector<LaneGroup> batch = examples.draw(random);
    CHECK(batch.size() == 4);
    examples.note(FiguresOfBatch(batch.size(), 5, right).result, ++iteration);
  };
  for (unsigned i = 0; i < 50; ++i) {
    learn(4);
  }
  CHECK(examples.curriculum().level() == 0);
  while (examples.curriculum().level() == 0) {
    REQUIRE(iteration < 200);
    learn(5);
  }
  Json saved = Json::object();
  examples.save_to(saved);
  ControllerExamples other(context, settings, machine);
  other.restore_from(saved, iteration);
  CHECK(other.curriculum().level() == 1);
  CHECK_THROWS_AS(other.restore_from(saved, 0), Error);

  settings.optimizer.batch = 24;
  CHECK_THROWS_WITH_AS(ControllerExamples(context, settings, machine),
                       doctest::Contains("24 is not a multiple of 16"), Error);
}

TEST_CASE("an automaton learns in stages, which end early if it diverges") {
  const Task& task = *find_task("copy");
  Settings settings = quick_settings();
  settings.automaton.iterations = 6;
  const AttemptContext context{task, modules_of_parts(), settings};
  const AutomatonPlan plan = automaton_plan(settings, 1);
  Random random(3);
  const LearnedAutomaton automaton(context, plan, random);
  CHECK(automaton.rounds() == 1);
  CHECK(automaton.target().registers() == plan.registers);
  Random same = random;  // draws the same prologue
  AutomatonTraining training(context, 1, plan, automaton, random);
  const std::vector<float> begun = training.weights().parameters();
  CHECK(automaton.program_of(begun).machine().registers() == plan.registers);
  CHECK(automaton.perturbed(begun, random) != begun);

  CHECK(training.is_at_stage_start());
  unsigned iterations = 0;
  for (; !training.is_at_stage_end(); ++iterations) {
    training.iterate(random);
    CHECK_FALSE(training.is_at_stage_start());
  }
  CHECK(iterations == settings.automaton.iterations / plan.stages);
  CHECK(training.work() == iterations);
  CHECK(training.weights().parameters() != begun);
  Json saved = Json::object();
  training.save_to(saved);
  const double cost = training.end_stage();
  CHECK(std::isfinite(cost));
  CHECK(cost == training.validation_cost());
  CHECK(training.is_at_stage_start());

  AutomatonTraining other(context, 1, plan, automaton, same);
  other.restore_from(saved, AttemptStatus::running);
  CHECK(other.is_at_stage_end());
  CHECK(other.end_stage() == cost);
  CHECK_THROWS_AS(other.restore_from(saved, AttemptStatus::polishing), Error);
  saved["stage-iteration"] = settings.automaton.iterations + 1;
  CHECK_THROWS_AS(other.restore_from(saved, AttemptStatus::running), Error);

  training.weights().start_from(
      std::vector<float>(begun.size(), std::numeric_limits<float>::quiet_NaN()));
  training.iterate(random);
  CHECK(training.is_at_stage_end());
  CHECK(training.work() == iterations);
  CHECK(std::isinf(training.end_stage()));
  CHECK(training.is_at_stage_start());
  CHECK_FALSE(training.is_at_stage_end());
}

}  // namespace
}  // namespace nram
