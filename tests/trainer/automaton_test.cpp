// Soft automata: what they compute, the programs they stand for, and attempts that learn them.

#include "attempt_support.hpp"
#include "attempts/automaton_attempt.hpp"
#include "portfolio/arms.hpp"
#include "soft/soft_automaton.hpp"
#include "soft_support.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include <doctest/doctest.h>

#include <nram/engine/error.hpp>
#include <nram/engine/executor.hpp>
#include <nram/model-io/exporter.hpp>
#include <nram/model-io/model_file.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/evaluation.hpp>

namespace nram {
namespace {

Settings automaton_settings() {
  Settings settings;
  settings.portfolio.annealing = false;
  settings.portfolio.repair = false;
  settings.portfolio.slots = 1;
  return settings;
}

std::vector<Word> lane_values(const std::vector<std::uint16_t>& values, unsigned lane) {
  std::vector<Word> of_lane;
  for (std::size_t at = lane; at < values.size(); at += LaneGroup::lanes) {
    of_lane.push_back(values[at]);
  }
  return of_lane;
}

TEST_CASE("a differentiable automaton that is certain of everything is its program") {
  constexpr unsigned steps = 12;
  constexpr unsigned modulus = 9;
  constexpr unsigned lane = 3;
  Random random(3);
  unsigned finished = 0;
  for (unsigned i = 0; i < 60; ++i) {
    const Machine machine = Machine::standard(1 + i % 4);
    const unsigned states = 1 + i % 5;
    const SoftAutomaton automaton(machine, states, i % 2 == 0);
    std::vector<float> weights = automaton.random_weights(random);
    for (float& weight : weights) {
      weight *= 1e5F;
    }
    const SoftMachine soft(machine, states);
    const LaneGroup group =
        soft_test::random_group(modulus, steps, machine.registers(), 16, random);
    SoftWorkspace workspace;
    const std::vector<SoftStep> trace = soft.trace(weights, group, lane, workspace);

    std::vector<Word> memory = lane_values(group.initial_memory, lane);
    RunOptions options;
    options.modulus = Modulus::of(modulus);
    options.registers = lane_values(group.initial_registers, lane);
    options.step_limit = steps;
    const RunResult run =
        make_executor(Engine::reference, hard_automaton(machine, automaton.layout(), weights))
            ->run(MemoryView(std::span(memory)), options);
    const SoftStep& last = trace[run.steps - 1];
    CHECK(last.share > 0.99F);
    const auto soft_memory = SoftStep::most_probable(last.memory, modulus);
    CHECK(std::equal(memory.begin(), memory.end(), soft_memory.begin(), soft_memory.end()));
    finished += run.outcome == Outcome::finished && run.steps > 1 ? 1 : 0;
  }
  CHECK(finished > 5);  // not only by running out of steps
}

TEST_CASE("disturbing a differentiable automaton changes some of it, the same way every time") {
  const Machine machine = Machine::standard(3);
  const SoftAutomaton automaton(machine, 4, true);
  Random random(11);
  const std::vector<float> weights = automaton.random_weights(random);
  REQUIRE(weights.size() == SoftMachine(machine, 4).parameters());
  unsigned partial = 0;
  for (unsigned i = 0; i < 50; ++i) {
    Random again = random;
    std::vector<float> first = weights;
    std::vector<float> second = weights;
    automaton.perturb(first, random);
    automaton.perturb(second, again);
    CHECK(first == second);
    CHECK(std::ranges::all_of(first, [](float weight) { return std::isfinite(weight); }));
    std::size_t changed = 0;
    for (std::size_t w = 0; w < weights.size(); ++w) {
      changed += first[w] != weights[w] ? 1 : 0;
    }
    partial += changed > 0 && changed < weights.size() ? 1 : 0;
  }
  CHECK(partial > 25);
}

TEST_CASE("rules that begin alike are tied, others are not") {
  const Machine machine = Machine::standard(2);
  for (const bool tied : {true, false}) {
    Random random(1);
    const SoftAutomaton automaton(machine, 2, tied);
    const std::vector<float> weights = automaton.random_weights(random);
    double apart = 0.0;
    for (unsigned i = 0; i < automaton.layout().selectors.outputs; ++i) {
      apart += std::abs(static_cast<double>(weights[automaton.layout().rule(0) + i]) -
                        static_cast<double>(weights[automaton.layout().rule(1) + i]));
    }
    apart /= automaton.layout().selectors.outputs;
    CHECK(apart > (tied ? 0.0 : 0.2));
    CHECK(apart < (tied ? 0.1 : 0.6));
  }
}

TEST_CASE("a marginal is the cost of a result that is right at some time") {
  // One state that idles, and finishes with probability 1/2 in each of two steps at least.
  const Machine machine = Machine::standard(1);
  const SoftMachine soft(machine, 1);
  std::vector<float> weights(soft.parameters(), 0.0F);
  LaneGroup group(4, 2, 1);
  Example example;
  example.memory = {1, 2, 3, 0};
  example.expected = {std::nullopt, std::nullopt, std::nullopt, Word{0}};
  group.set(0, example, 1.0F);
  SoftWorkspace workspace;
  CostSettings settings;
  const double expected = soft.cost(weights, {&group, 1}, settings, workspace).cost;
  settings.form = CostForm::marginal;
  const double marginal = soft.cost(weights, {&group, 1}, settings, workspace).cost;
  // A mean of likelihoods is no less likely than the mean of their logarithms says.
  CHECK(marginal < expected);
  CHECK(marginal > 0.0);
  settings.any_time = 1.0;  // p_t does not matter any more: here both steps have 1/2 anyway
  CHECK(soft.cost(weights, {&group, 1}, settings, workspace).cost == doctest::Approx(marginal));
}

TEST_CASE("an attempt by gradient at an automaton learns swap") {
  const Task& task = *find_task("swap");
  const Settings settings = automaton_settings();
  const AttemptContext context{task, Machine::standard(1).modules(), settings};
  // The first one is quick, where floating-point sums have the same last bits; about one in four
  // is right in the end anywhere.
  std::unique_ptr<Attempt> attempt;
  for (std::uint64_t number = 4; number < 30; ++number) {
    attempt = make_automaton_attempt(context, number);
    while (attempt->advance() == AttemptStatus::running) {
    }
    if (attempt->progress().status == AttemptStatus::solved) {
      break;
    }
  }
  REQUIRE(attempt->progress().status == AttemptStatus::solved);
  CHECK(attempt->progress().arm == Arm::automaton);
  const Model model = attempt->best();
  CHECK(model.metadata().at("found-by") == "automaton");
  CHECK(model.controller().kind == ControllerKind::lstm);
  const auto executor = make_executor(Engine::reference, discretise(model));
  Random random(99);
  CHECK(evaluate(*executor, task.draw_held_out(200, 5, random)).perfect());
}

TEST_CASE("an attempt at an automaton goes on bit-exactly from any moment, and ends") {
  const Task& task = *find_task("merge");
  Settings settings = automaton_settings();
  settings.automaton.states = 2;
  settings.automaton.iterations = 3;
  settings.automaton.patience = 4;
  const AttemptContext context{task, Machine::standard(1).modules(), settings};
  const auto whole = make_automaton_attempt(context, 1);
  auto resumed = make_automaton_attempt(context, 1);
  unsigned units = 0;
  while (whole->progress().status == AttemptStatus::running) {
    advance_a_unit(*whole);
    do {
      (void)resumed->advance();
      resumed = restore_attempt(context, resumed->save());
    } while (!resumed->at_unit_end());
    CHECK(resumed->save() == whole->save());
    REQUIRE(++units < 500);
  }
  CHECK(units > 6);
  CHECK(whole->progress().status == AttemptStatus::exhausted);
  CHECK(whole->progress().best.accuracy >= 0.0);
  CHECK(model_bytes(resumed->best()) ==
        model_bytes(restore_attempt(context, resumed->save())->best()));
}

TEST_CASE("a saved attempt at an automaton of another kind is refused") {
  const Task& task = *find_task("access");
  Settings settings = automaton_settings();
  settings.automaton.iterations = 3;
  const AttemptContext context{task, Machine::standard(1).modules(), settings};
  const auto saved = make_automaton_attempt(context, 1)->save();
  Settings other = settings;
  other.automaton.states = 7;
  const AttemptContext elsewhere{task, Machine::standard(1).modules(), other};
  CHECK_THROWS_WITH_AS((void)restore_attempt(elsewhere, saved),
                       doctest::Contains("of another machine"), Error);
}

TEST_CASE("a saved attempt at an automaton in a stage that does not exist is refused") {
  const Task& task = *find_task("access");
  const Settings settings = automaton_settings();
  const AttemptContext context{task, Machine::standard(1).modules(), settings};
  const Json saved = Json::from_cbor(make_automaton_attempt(context, 1)->save());
  const auto restored_at = [&](unsigned stage, double cost) {
    Json changed = saved;
    changed["stage"] = stage;
    changed["cost"] = exact(cost);
    return restore_attempt(context, Json::to_cbor(changed));
  };
  const double never = std::numeric_limits<double>::infinity();
  CHECK(restored_at(5, never) != nullptr);
  CHECK_THROWS_WITH_AS((void)restored_at(6, never),
                       doctest::Contains("stage of learning that does not exist"), Error);
  CHECK(restored_at(2, 0.5) != nullptr);  // learning anew has fewer stages
  CHECK_THROWS_WITH_AS((void)restored_at(3, 0.5),
                       doctest::Contains("stage of learning that does not exist"), Error);
}

// Leaves memory alone, and starts with seven registers.
Example seven_registers(const Draw& draw, Random& random) {
  Example example;
  for (std::size_t i = 0; i < draw.n + 3; ++i) {
    example.memory.push_back(random.below(draw.n + 3));
    example.expected.emplace_back(example.memory.back());
  }
  example.registers.assign(7, 1);
  return example;
}

TEST_CASE("examples that set more registers than an automaton's machine has are refused") {
  const BuiltinTask::Row row{"idle", "nothing", 1, 1, 3, 2, 1, seven_registers};
  const BuiltinTask task(row);
  Settings settings = automaton_settings();
  settings.machine.registers = 4;
  const AttemptContext context{task, Machine::standard(1).modules(), settings};
  CHECK_THROWS_WITH_AS(make_automaton_attempt(context, 1),
                       doctest::Contains("sets 7 registers, the machine has 4"), Error);
  settings.machine.registers = 7;
  CHECK_NOTHROW(make_automaton_attempt(context, 1));
}

TEST_CASE("an automaton has as many registers as asked for, unless it is to have two rounds") {
  Settings settings = automaton_settings();
  settings.machine.registers = 4;
  settings.machine.prologue_cells = 0;
  unsigned more = 0;
  for (std::uint64_t number = 0; number < 40; ++number) {
    const AttemptContext context{*find_task("merge"), Machine::standard(1).modules(), settings};
    CHECK(make_automaton_attempt(context, number)->best().machine().registers() == 4);
    Settings twice = settings;
    twice.automaton.rounds = 2;
    const AttemptContext folded{*find_task("merge"), Machine::standard(1).modules(), twice};
    more += make_automaton_attempt(folded, number)->best().machine().registers() > 4 ? 1 : 0;
  }
  CHECK(more > 0);
}

TEST_CASE("an automaton has to have states") {
  CHECK_THROWS_WITH_AS(SoftMachine(Machine::standard(2), 0), doctest::Contains("1 to 64 states"),
                       Error);
  CHECK_THROWS_AS(SoftMachine(Machine::standard(2), SoftMachine::max_states + 1), Error);
}

}  // namespace
}  // namespace nram
