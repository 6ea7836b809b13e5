// A limit of time and an interrupt take effect soon, however long what is under way would take.

#include <chrono>
#include <vector>

#include <doctest/doctest.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/evaluation.hpp>
#include <nram/trainer/examples_task.hpp>
#include <nram/trainer/failure.hpp>
#include <nram/trainer/train.hpp>

namespace nram {
namespace {

using DeadlineClock = std::chrono::steady_clock;

// Another task, with budgets of steps that take the soft machine seconds.
class PatientTask final : public Task {
 public:
  [[nodiscard]] std::string_view name() const override { return "patient"; }
  [[nodiscard]] std::string_view summary() const override { return "many steps"; }
  [[nodiscard]] std::size_t levels() const override { return 1; }
  [[nodiscard]] std::vector<Example> draw_level(std::size_t level, std::size_t count,
                                                Random& random) const override {
    std::vector<Example> examples = other_.draw_level(level, count, random);
    for (Example& example : examples) {
      example.steps = steps;
    }
    return examples;
  }
  [[nodiscard]] std::vector<TestCase> draw_cases(std::size_t level, std::size_t count,
                                                 Word largest_modulus,
                                                 Random& random) const override {
    return patient(other_.draw_cases(level, count, largest_modulus, random));
  }
  [[nodiscard]] std::vector<TestCase> draw_held_out(std::size_t count, std::size_t scale,
                                                    Random& random) const override {
    return patient(other_.draw_held_out(count, scale, random));
  }

 private:
  static constexpr std::uint64_t steps = 4000;

  static std::vector<TestCase> patient(std::vector<TestCase> cases) {
    for (TestCase& test : cases) {
      test.example.steps = largest_budget(test.example.memory.size());
    }
    return cases;
  }

  const Task& other_ = *find_task("access");
};

// Seconds that training takes beyond what it is given.
double overtime(const Task& task, const Settings& settings, bool by_interrupt) {
  constexpr double given = 0.3;
  const auto begin = DeadlineClock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(DeadlineClock::now() - begin).count();
  };
  TrainOptions options;
  options.threads = 2;
  if (by_interrupt) {
    options.is_interrupted = [&] { return seconds() > given; };
  } else {
    options.time_budget = given;
  }
  const TrainResult result = train(task, settings, options);
  CHECK(result.report.end == (by_interrupt ? TrainEnd::interrupted : TrainEnd::time_budget));
  return seconds() - given;
}

// On a computer with other things to do, and with sanitizers.
constexpr double soon_enough = 5.0;

TEST_CASE("many steps of the soft machine, or of a test, do not keep training from ending") {
  const PatientTask task;
  Settings settings;
  settings.machine.registers = 2;
  settings.portfolio.annealing = false;
  for (const bool by_interrupt : {false, true}) {
    settings.portfolio.automata = false;
    CHECK(overtime(task, settings, by_interrupt) < soon_enough);
    settings.portfolio.automata = true;
    CHECK(overtime(task, settings, by_interrupt) < soon_enough);
  }
  settings.portfolio.annealing = true;
  settings.portfolio.gradient = false;
  CHECK(overtime(task, settings, true) < soon_enough);
}

TEST_CASE("the states of a large LSTM do not keep training from ending") {
  Settings settings;
  settings.machine.registers = 8;
  settings.controller.lstm = true;
  settings.controller.hidden = 64;
  settings.curriculum.test_every = 1;
  settings.portfolio.annealing = settings.portfolio.automata = false;
  CHECK(overtime(*find_task("access"), settings, false) < soon_enough);
}

TEST_CASE("the smallest failure found so far will do if there is no time") {
  const Task& task = *find_task("reverse");
  Settings settings;
  settings.portfolio.gradient = false;
  settings.portfolio.attempts = 1;
  settings.annealing.candidates = 10;
  const TrainResult result = train(task, settings);
  REQUIRE(result.program);
  CHECK(smallest_failure(*result.program, task, 1));
  CHECK_FALSE(smallest_failure(*result.program, task, 1, [] { return true; }));
}

Example patient_example(Word value, std::uint64_t steps) {
  Example example;
  example.memory = {value, 1, 2};
  example.expected = {1, std::nullopt, std::nullopt};
  example.steps = steps;
  return example;
}

TEST_CASE("budgets of steps have a limit, and only small ones go to the soft machine") {
  const auto task = [](std::uint64_t steps) {
    return ExamplesTask("mine.jsonl", {patient_example(0, steps), patient_example(2, steps)});
  };
  CHECK(task(1000).differentiable());
  CHECK_FALSE(task(1001).differentiable());
  CHECK_NOTHROW(task(1000000));
  CHECK_THROWS_WITH_AS((void)task(1000001), doctest::Contains("mine.jsonl: example 1 has"), Error);
  CHECK_THROWS_AS((void)task(~std::uint64_t{0}), Error);
}

Example with_registers(Word value) {
  Example example;
  example.memory = {value, 3, 1, 2, 0};
  example.expected = {value + 1, std::nullopt, std::nullopt, std::nullopt, std::nullopt};
  example.registers = {0, 0, 0, 0, 0, 0, 0, 1};
  return example;
}

TEST_CASE("machines have the registers that examples set at the start") {
  const ExamplesTask task("mine.jsonl", {with_registers(0), with_registers(1), with_registers(2)});
  CHECK(task.initial_registers() == 8);
  TrainOptions options;
  options.time_budget = 0.5;
  const TrainResult result = train(task, {}, options);
  CHECK(result.model.machine().registers() >= 8);
  CHECK(initial_registers(with_registers(0), Machine::standard(10)) ==
        std::vector<Word>{0, 0, 0, 0, 0, 0, 0, 1, 0, 0});
  CHECK(initial_registers(patient_example(0, 1), Machine::standard(10)).empty());
  Settings settings;
  settings.machine.registers = 2;
  CHECK_THROWS_WITH_AS((void)train(task, settings, options), doctest::Contains("set 8 registers"),
                       Error);
  settings.machine.registers = 0;
  settings.portfolio.gradient = false;
  CHECK_THROWS_WITH_AS((void)train(task, settings, options), doctest::Contains("has room for 6"),
                       Error);
}

}  // namespace
}  // namespace nram
