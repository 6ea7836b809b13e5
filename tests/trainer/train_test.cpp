#include "attempt_plan.hpp"
#include "portfolio/arms.hpp"
#include "small_settings.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

#include <doctest/doctest.h>
#include <support/sanitized.hpp>

#include <nram/engine/error.hpp>
#include <nram/model-io/exporter.hpp>
#include <nram/model-io/model_file.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/examples_task.hpp>
#include <nram/trainer/train.hpp>

using namespace nram;

namespace {

const std::vector<Module> modules = Machine::standard(1).modules();

}  // namespace

TEST_CASE("each arm alone learns access, and what it learns is right and stops") {
  const Task& task = *find_task("access");
  for (const bool gradient : {false, true}) {
    Settings settings = learning_settings();
    settings.portfolio.gradient = gradient;
    settings.portfolio.annealing = !gradient;
    settings.portfolio.repair = false;
    settings.curriculum.iterations = 400;
    settings.cost.ponder_cost = 0.1;
    const TrainResult result = train(task, settings, {});
    CAPTURE(gradient);
    REQUIRE(result.report.end == TrainEnd::solved);
    CHECK(result.report.attempt.arm == (gradient ? Arm::gradient : Arm::annealing));
    CHECK(result.model.metadata().at("found-by") == name_of(result.report.attempt.arm));
    const auto executor = make_executor(Engine::reference, discretise(result.model));
    Random random(99);
    CHECK(evaluate(*executor, task.draw_held_out(200, 5, random)).perfect());
  }
}

TEST_CASE("what the gradient ends with is repaired by search") {
  const Task& task = *find_task("increment");
  Settings settings = learning_settings();
  settings.portfolio.seed = 8;  // is quick
  settings.repair.candidates = 20000;
  settings.portfolio.annealing = false;
  for (const bool joint : {false, true}) {
    settings.portfolio.joint = joint;
    settings.repair.joint_share = 0.5;
    const TrainResult result = train(task, settings, {});
    REQUIRE(result.report.end == TrainEnd::solved);
    CHECK(result.report.attempt.arm == (joint ? Arm::joint : Arm::repair));
    CHECK(result.model.metadata().at("found-by") == name_of(result.report.attempt.arm));
    const auto executor = make_executor(Engine::reference, discretise(result.model));
    Random random(7);
    CHECK(evaluate(*executor, task.draw_held_out(200, 5, random)).perfect());
  }

  // Where the search cannot go, the gradient goes on alone.
  settings.machine.registers = 7;
  settings.portfolio.attempts = 2;
  settings.curriculum.iterations = 1;
  CHECK(train(task, settings, {}).report.attempt.arm == Arm::gradient);
}

TEST_CASE("a program with controller states is learned as a recurrent model") {
  const Task& task = *find_task("increment");
  Settings settings = learning_settings();
  settings.portfolio.gradient = false;
  settings.annealing.states = 4;
  const TrainResult result = train(task, settings, {});
  REQUIRE(result.report.end == TrainEnd::solved);
  CHECK(result.model.controller().kind == ControllerKind::lstm);
  const auto executor = make_executor(Engine::reference, discretise(result.model));
  Random random(5);
  CHECK(evaluate(*executor, task.draw_held_out(200, 5, random)).perfect());
}

TEST_CASE("attempts take turns in what they look for, unless a setting says otherwise") {
  Settings settings;
  std::set<unsigned> registers;
  std::set<unsigned> states;
  std::set<discrete::Levels> levels;
  for (std::uint64_t number = 0; number < 40; ++number) {
    const AnnealingPlan plan = annealing_plan(settings, number);
    registers.insert(plan.registers);
    states.insert(plan.states);
    levels.insert(plan.levels);
    CHECK(registers_of(settings, number) >= 3);
  }
  CHECK(registers == std::set{4U, 6U});
  CHECK(states == std::set{8U, 12U});
  CHECK(levels.size() == 2);
  settings.machine.registers = 2;
  settings.annealing.states = 5;
  for (std::uint64_t number = 0; number < 40; ++number) {
    CHECK(annealing_plan(settings, number).registers == 2);
    CHECK(annealing_plan(settings, number).states == 5);
    CHECK(annealing_plan(settings, number).spare_states == 0);
    CHECK(repair_plan(settings, number).states == 1);
    CHECK(registers_of(settings, number) == 2);
  }
}

// mem[2] := 2 by a machine that cannot read and writes in every step: on its way to address 2 it
// has to change another cell.
TEST_CASE("a program that is right but not clean is settled for, unless it must be clean") {
  std::vector<Example> examples;
  Random random(1);
  for (int i = 0; i < 60; ++i) {
    Example example;
    example.memory.resize(6 + random.below(5));
    for (Word& cell : example.memory) {
      cell = random.between(3, 5);  // nothing that could be put back
    }
    example.expected.resize(example.memory.size());
    example.expected[2] = 2;
    example.steps = 4;
    examples.push_back(std::move(example));
  }
  const ExamplesTask task("two", std::move(examples));
  const ModuleTable table = ModuleTable::standard();
  const std::vector<Module> few = {*table.find("INC"), *table.find("WRITE")};
  Settings settings = learning_settings();
  settings.portfolio.gradient = false;
  settings.annealing.states = 1;
  settings.portfolio.attempts = 1;
  settings.annealing.candidates = 1200000;
  TrainOptions with_few;
  with_few.modules = few;
  const TrainResult result = train(task, settings, with_few);
  REQUIRE(result.report.end == TrainEnd::solved);
  const Evaluation held_out = evaluate(*make_executor(Engine::reference, discretise(result.model)),
                                       task.draw_held_out(20, 1, random));
  CHECK(held_out.perfect());
  CHECK(held_out.clean_cases < held_out.cases);

  settings.cost.preserve = true;
  settings.annealing.candidates = 10000;
  CHECK(train(task, settings, with_few).report.end == TrainEnd::attempts_exhausted);
}

TEST_CASE("the number of threads changes nothing but the time" * doctest::test_suite("parallel")) {
  const Task& task = *find_task("increment");
  Settings settings = learning_settings();
  settings.portfolio.seed = 4;  // is quick, which matters where threads are watched
  TrainOptions one;
  one.threads = 1;
  TrainOptions three;
  three.threads = 3;
  const TrainResult a = train(task, settings, one);
  const TrainResult b = train(task, settings, three);
  REQUIRE(a.report.end == TrainEnd::solved);
  CHECK(a.report.attempt.number == b.report.attempt.number);
  CHECK(model_bytes(a.model) == model_bytes(b.model));

  Settings other = settings;
  other.portfolio.seed = 6;
  CHECK(model_bytes(train(task, other, three).model) != model_bytes(a.model));
}

// Four of five result cells are right without doing anything, and the fifth is anything: the search
// cannot end, but costs little.
TEST_CASE("an attempt by search that costs little gets three portions while others get one") {
  std::vector<Example> examples;
  Random random(1);
  for (int i = 0; i < 60; ++i) {
    Example example;
    for (unsigned cell = 0; cell < 5; ++cell) {
      example.memory.push_back(random.below(5));
    }
    example.expected.assign(example.memory.begin(), example.memory.end());
    example.expected[4] = random.below(5);
    example.steps = 4;
    examples.push_back(std::move(example));
  }
  const ExamplesTask task("luck", std::move(examples));
  Settings settings = learning_settings();
  settings.portfolio.slots = 2;
  settings.annealing.candidates = 1000000;
  settings.curriculum.iterations = 100000;
  settings.curriculum.patience = 100000;
  TrainOptions options;
  options.threads = 1;
  std::vector<Arm> arms;
  options.on_progress = [&](const TrainProgress& progress) {
    arms.push_back(progress.running.arm);
    return arms.size() < 12;
  };
  const TrainResult result = train(task, settings, options);
  REQUIRE(result.report.end == TrainEnd::interrupted);
  CHECK(std::count(arms.begin(), arms.end(), Arm::annealing) >= 8);
}

TEST_CASE("a search that fails keeps the best and says why it ended") {
  const Task& task = *find_task("merge");
  Settings settings = learning_settings();
  settings.machine.registers = 4;
  settings.portfolio.attempts = 4;
  settings.curriculum.iterations = 20;
  settings.annealing.candidates = 1;
  settings.repair.candidates = 1;
  const TrainResult result = train(task, settings, {});
  CHECK(result.report.end == TrainEnd::attempts_exhausted);
  CHECK(!result.report.is_solved());
  CHECK(result.report.attempts_done == 4);
  CHECK(result.report.attempt.best.accuracy >= 0.0);

  TrainOptions hurried;
  hurried.time_budget = 1e-9;
  CHECK(train(task, settings, hurried).report.end == TrainEnd::time_budget);
}

TEST_CASE("what is only being polished when the time is over has been found") {
  Settings settings = learning_settings();
  settings.portfolio.gradient = settings.portfolio.repair = false;
  settings.annealing.polish_candidates = 4'000'000'000U;
  TrainOptions options;
  options.threads = 1;
  options.time_budget = 5;  // learning takes a tenth of a second
  const TrainResult result = train(*find_task("access"), settings, options);
  CHECK(result.report.end == TrainEnd::solved);
  CHECK(result.report.is_solved());
}

TEST_CASE("impossible settings are refused") {
  const Task& task = *find_task("access");
  Settings settings = learning_settings();
  settings.optimizer.batch = 17;
  CHECK_THROWS_WITH_AS((void)train(task, settings, {}), doctest::Contains("batch"), Error);
  settings = learning_settings();
  settings.portfolio.gradient = settings.portfolio.annealing = false;
  CHECK_THROWS_WITH_AS((void)train(task, settings, {}), doctest::Contains("arms"), Error);
  // At once, although the first attempt is by gradient.
  settings = learning_settings();
  settings.machine.registers = 7;
  settings.portfolio.slots = 1;
  CHECK_THROWS_WITH_AS((void)train(task, settings, {}),
                       doctest::Contains("--registers 7: annealing has room for 6"), Error);
}

TEST_CASE("polishing makes a program no slower and keeps it right") {
  const Task& task = *find_task("increment");
  Settings settings = learning_settings();
  settings.machine.registers = 3;
  settings.portfolio.gradient = false;
  settings.annealing.candidates = 4000000;
  settings.portfolio.attempts = 8;
  std::uint64_t steps_rough = 0;
  std::uint64_t steps_polished = 0;
  const std::vector<std::uint64_t> seeds =
      test::is_sanitized ? std::vector<std::uint64_t>{5} : std::vector<std::uint64_t>{5, 6};
  for (const std::uint64_t seed : seeds) {  // quick ones
    settings.portfolio.seed = seed;
    std::uint64_t* total = &steps_rough;
    for (const unsigned candidates : {0U, 50000U}) {
      settings.annealing.polish_candidates = candidates;
      const TrainResult result = train(task, settings, {});
      REQUIRE(result.report.end == TrainEnd::solved);
      const auto executor = make_executor(Engine::reference, discretise(result.model));
      Random random(4);
      const Evaluation held_out = evaluate(*executor, task.draw_held_out(100, 5, random));
      CHECK(held_out.perfect());
      *total += held_out.steps;
      total = &steps_polished;
    }
  }
  CHECK(steps_polished < steps_rough);
}

TEST_CASE("polishing takes many slices of time, and counts as solved meanwhile") {
  const Task& task = *find_task("access");
  Settings settings = learning_settings();
  settings.portfolio.gradient = false;
  settings.annealing.polish_candidates = 400000;
  TrainOptions options;
  options.threads = 1;
  unsigned slices = 0;
  options.on_progress = [&](const TrainProgress& progress) {
    slices += progress.running.status == AttemptStatus::polishing ? 1 : 0;
    return slices < 2;
  };
  const TrainResult result = train(task, settings, options);
  CHECK(slices == 2);
  CHECK(result.report.end == TrainEnd::interrupted);
  CHECK(result.report.is_solved());
}
