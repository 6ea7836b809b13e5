// Programs made shorter, with themselves as the teacher.

#include "minimising/quicker_task.hpp"

#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/errors.hpp>
#include <support/hand_written.hpp>
#include <support/program_text.hpp>
#include <support/sanitized.hpp>

#include <nram/engine/executor.hpp>
#include <nram/model-io/compile.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/evaluation.hpp>
#include <nram/trainer/minimise.hpp>

namespace nram {
namespace {

using test::is_sanitized;
using test::mentions;
using test::message_of;
using test::program_from_text;

// increment as one writes it first: two steps an element. `end` is what the last step does.
Program slow_increment(const std::string& end = "READ(r0) WRITE(r0,READ)") {
  const std::string add = "READ(r0) INC(r1) WRITE(r0,INC) ADD(r0,ONE) r0=ADD";
  return program_from_text(Machine::standard(2),
                           {{"", "READ(r0) WRITE(r0,READ) r1=READ", false, 0, 1},
                            {"r1=0", end, true, 1, 0},
                            {"", add, false, 1, 0}});
}

// Enough to find something; sanitizers make that take minutes, and are shown the way only.
constexpr std::uint64_t work = is_sanitized ? 4 : 60;

Settings small_spaces() {
  Settings settings;
  settings.machine.registers = 2;
  settings.machine.prologue_cells = 0;
  settings.annealing.states = 2;
  settings.annealing.candidates = is_sanitized ? 4000 : 400000;
  settings.annealing.polish_candidates = is_sanitized ? 2000 : 300000;
  return settings;
}

Model model_of(const Program& program) {
  return compile_to_weights(program, {{"verdict", "generalises"}, {"tested-cells", "77"}});
}

MinimisedModel shorter_increment(unsigned threads) {
  return minimise(model_of(slow_increment()), *find_task("increment"), small_spaces(),
                  {.threads = threads, .work_budget = work});
}

TEST_CASE("the teacher says how many steps an example takes") {
  const auto teacher =
      std::shared_ptr<const Executor>(make_executor(Engine::interpreter, slow_increment()));
  const Task& task = *find_task("increment");
  const QuickerTask quicker(task, teacher, {0.75, 1});
  Random a(4);
  Random b(4);
  const std::vector<TestCase> theirs = task.draw_cases(3, 20, 255, a);
  const std::vector<TestCase> ours = quicker.draw_cases(3, 20, 255, b);
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const std::uint64_t steps = judge(*teacher, theirs[i], 1000).steps;
    CHECK(ours[i].example.memory == theirs[i].example.memory);
    CHECK(ours[i].example.steps == steps * 3 / 4 + 1);
  }
  // A hard program may take step_slack times the budget of a test.
  for (const TestCase& test : quicker.draw_held_out(20, 3, a)) {
    const std::uint64_t steps = judge(*teacher, test, 100000).steps;
    const std::uint64_t most = steps * 3 / 4 + 1;
    CHECK(step_limit_of(test) >= most);
    CHECK(step_limit_of(test) < most + 10);
  }
  CHECK(quicker.strict_budgets());
}

TEST_CASE("a step less for each element, and the model says where it comes from") {
  const MinimisedModel result = shorter_increment(1);
  CHECK(result.before.right);
  CHECK(result.before.clean);
  CHECK(result.after.right);
  CHECK(result.after.clean);
  CHECK(result.after.steps <= result.before.steps);
  CHECK(measure(result.program, *find_task("increment")).steps == result.after.steps);
  const auto& metadata = result.model.metadata();
  CHECK(metadata.at("verdict") == "generalises");
  CHECK(metadata.at("tested-cells") == "77");
  if (!is_sanitized) {
    CHECK(result.improvements > 0);
    CHECK(result.after.steps < 0.7 * result.before.steps);
    CHECK(mentions(metadata.at("minimised-from"), "steps", "2 states"));
    CHECK(result.program.metadata().contains("minimised-from"));
  }
}

TEST_CASE("the same for every number of threads" * doctest::test_suite("parallel")) {
  CHECK(shorter_increment(1).model.parameters() == shorter_increment(3).model.parameters());
}

TEST_CASE("what is not clean may become so") {
  // The step that ends the run spoils the terminator, which is no result.
  const Program unclean = slow_increment("READ(r0) WRITE(r0,ONE)");
  REQUIRE_FALSE(measure(unclean, *find_task("increment")).clean);
  const MinimiseResult result =
      minimise(model_of(unclean), *find_task("increment"), small_spaces(), {.work_budget = work});
  CHECK_FALSE(result.before.clean);
  CHECK((result.after.clean || is_sanitized));
}

TEST_CASE("the order of programs") {
  const ProgramMeasure base{
      .steps = 10, .size = 5, .states = 2, .registers = 3, .clean = true, .right = true};
  const auto with = [&](const auto& change) {
    ProgramMeasure other = base;
    change(other);
    return other;
  };
  CHECK_FALSE(base.is_better_than(base));
  CHECK(with([](auto& m) {
          m.steps = 9;
          m.size = 50;
        }).is_better_than(base));
  CHECK(with([](auto& m) { m.steps = 9.9; }).is_better_than(base));
  CHECK_FALSE(with([](auto& m) {
                m.steps = 9.9;
                m.size = 50;
              }).is_better_than(base));
  CHECK_FALSE(with([](auto& m) {
                m.steps = 10.1;
                m.size = 4;
              }).is_better_than(base));
  CHECK(with([](auto& m) { m.size = 4; }).is_better_than(base));
  CHECK(with([](auto& m) { m.states = 1; }).is_better_than(base));
  CHECK_FALSE(with([](auto& m) {
                m.steps = 1;
                m.clean = false;
              }).is_better_than(base));
  CHECK_FALSE(with([](auto& m) {
                m.steps = 1;
                m.right = false;
              }).is_better_than(base));
}

TEST_CASE("refused: a program that is wrong, and work without an end") {
  const Model increment = model_of(slow_increment());
  CHECK(
      mentions(message_of(ErrorKind::usage, [&] { (void)minimise(increment, *find_task("copy")); }),
               "not right", "copy"));
  CHECK(mentions(message_of(ErrorKind::usage,
                            [&] { (void)minimise(increment, *find_task("increment"), {}, {}); }),
                 "budget"));
}

}  // namespace
}  // namespace nram
