// Training from files of examples: stages, and the look for other programs that fit.

#include "attempt_plan.hpp"
#include "portfolio/arms.hpp"
#include "small_settings.hpp"

#include <vector>

#include <doctest/doctest.h>

#include <nram/engine/executor.hpp>
#include <nram/trainer/examples_task.hpp>
#include <nram/trainer/train.hpp>

using namespace nram;

namespace {

Settings annealing_of_two_registers() {
  Settings settings = annealing_settings();
  settings.machine.registers = 2;
  settings.annealing.candidates = 200000;
  return settings;
}

}  // namespace

// The cells 3 and 4 are the same in all examples: which of them is the result?
TEST_CASE("of a file, others that fit are looked for, whatever the number of threads" *
          doctest::test_suite("parallel")) {
  std::vector<Example> examples;
  for (Word i = 0; i < 12; ++i) {
    const Word value = 30 + i * 13 % 50;
    examples.push_back({{i, 5, i * 3 % 7, value, value}, {value, {}, {}, {}, {}}, {}, {}});
  }
  const ExamplesTask task("twins", examples);
  Settings settings = annealing_of_two_registers();
  TrainOptions options;
  options.threads = 1;
  const TrainResult one = train(task, settings, options);
  options.threads = 3;
  const TrainResult three = train(task, settings, options);
  REQUIRE(one.report.end == TrainEnd::solved);
  const Assessment& assessment = one.report.assessment;
  CHECK(assessment.programs >= 2);
  REQUIRE(assessment.grade == Grade::ambiguous);
  CHECK(one.report.fitting.size() >= assessment.programs);
  CHECK(one.model.parameters() == three.model.parameters());
  CHECK(one.model.metadata() == three.model.metadata());
  CHECK(one.program->metadata().at("verdict") == "ambiguous");
  REQUIRE(three.report.assessment.questions.size() == assessment.questions.size());
  CHECK(three.report.assessment.questions[0].text() == assessment.questions[0].text());

  // With an answer as one more example, those that fit it are known, and more like it are found.
  examples.push_back(
      answered(assessment.questions[0], assessment.questions[0].answers[0].memory.value()));
  options.known = one.report.fitting;
  const TrainResult again = train(ExamplesTask("twins", examples), settings, options);
  CHECK(again.report.is_solved());
  const auto agrees = [&](const Program& program) {
    std::vector<Word> memory = examples.back().memory;
    const RunOptions how{.step_limit = 100};
    static_cast<void>(
        make_executor(Engine::interpreter, program)->run(MemoryView(std::span(memory)), how));
    return memory[0] == examples.back().expected[0];
  };
  CHECK(agrees(*again.program));

  // Without a look further, the first one wins, and nothing is compared.
  settings.portfolio.look_further = 0.0;
  options.known.clear();
  const TrainResult first = train(task, settings, options);
  CHECK(first.report.assessment.programs == 1);
  CHECK(first.report.assessment.grade == Grade::fits);
}

TEST_CASE("later attempts of a slot work at later stages of the task, and are restored there") {
  Settings settings;
  settings.portfolio.slots = 4;
  CHECK(stage_of(settings, 1, 100) == 0);
  CHECK(stage_of(settings, 3, 3) == 0);
  CHECK(stage_of(settings, 3, 4) == 1);
  CHECK(stage_of(settings, 3, 8) == 2);
  CHECK(stage_of(settings, 3, 4000) == 2);

  // x, then cells that do not matter: x becomes 1. Of the lengths 2 to 9, attempts learn more and
  // more.
  std::vector<Example> examples;
  for (Word i = 0; i < 40; ++i) {
    Example example;
    example.memory.assign(2 + i % 8, i % 5);
    example.memory[0] = i;
    example.expected.resize(example.memory.size());
    example.expected[0] = 1;
    examples.push_back(example);
  }
  const ExamplesTask task("ones", examples);
  REQUIRE(task.stages() >= 2);
  settings = annealing_of_two_registers();
  const AttemptContext context{task, Machine::standard(1).modules(), settings};
  for (const std::uint64_t number : {0U, 4U, 8U}) {
    const auto attempt = make_attempt(context, number);
    while (attempt->advance() == AttemptStatus::running) {
    }
    const auto restored = restore_attempt(context, attempt->save());
    CHECK(restored->progress().number == number);
    CHECK(restored->progress().is_solved());
  }
}
