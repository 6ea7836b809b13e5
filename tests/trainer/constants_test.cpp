// Numbers other than 0, 1 and 2: found in examples, given to the machine, learned with.

#include "discrete/cost/example_batch.hpp"
#include "programs/used_constants.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/errors.hpp>
#include <support/program_text.hpp>

#include <nram/engine/executor.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/constants_in_examples.hpp>
#include <nram/trainer/examples_task.hpp>
#include <nram/trainer/train.hpp>

namespace nram {
namespace {

using test::mentions;
using test::message_of;

// n values that `draw` gives and a 0 behind them, each of which becomes what `of` makes of it.
std::vector<Example> mapped(const std::function<Word(Random&)>& draw,
                            const std::function<Word(Word)>& of, std::size_t count = 60) {
  Random random(5);
  std::vector<Example> examples;
  for (std::size_t e = 0; e < count; ++e) {
    Example example;
    for (std::size_t i = 0; i < 2 + e % 9; ++i) {
      example.memory.push_back(draw(random));
      example.expected.emplace_back(of(example.memory.back()));
    }
    example.memory.push_back(0);
    example.expected.emplace_back(0);
    examples.push_back(std::move(example));
  }
  return examples;
}

std::vector<Word> numbers_in(const std::vector<Example>& examples) {
  std::vector<Word> numbers;
  for (const ConstantSeen& constant : constants_in(examples)) {
    CHECK(!constant.reason.empty());
    numbers.push_back(constant.number);
  }
  return numbers;
}

Word up_to_1000(Random& random) { return random.between(1, 1000); }
Word letter(Random& random) { return random.chance(0.2) ? Word{32} : Word{97} + random.below(26); }

TEST_CASE("a bound, a step, letters and a threshold are seen in examples") {
  using Numbers = std::vector<Word>;
  CHECK(numbers_in(mapped(up_to_1000, [](Word x) { return std::min<Word>(x, 100); })) ==
        Numbers{100});
  CHECK(numbers_in(mapped(up_to_1000, [](Word x) { return x + 5; })) == Numbers{5});
  CHECK(numbers_in(mapped(up_to_1000, [](Word x) { return x + 500 - 7; })) == Numbers{493});
  // One of few values: what comes about by chance is not enough, what always holds is.
  const auto few = [](Random& random) { return random.between(3, 5); };
  CHECK(numbers_in(mapped(few, [](Word x) { return x + 5; })) == Numbers{5});

  Numbers letters = numbers_in(mapped(letter, [](Word x) { return x == 32 ? Word{95} : x; }));
  std::ranges::sort(letters);
  CHECK(letters == Numbers{32, 95});

  Numbers bounds =
      numbers_in(mapped(up_to_1000, [](Word x) { return std::clamp<Word>(x, 300, 600); }));
  std::ranges::sort(bounds);
  CHECK(bounds == Numbers{300, 600});

  // What is 600 or more becomes 0: 0 is known, 600 is compared with.
  CHECK(numbers_in(mapped(up_to_1000, [](Word x) { return x >= 600 ? Word{0} : x; })) ==
        Numbers{600});
  // Numbers far beyond what bytes hold, and below 0.
  const auto large = [](Random& random) { return random.between(1, Word{1} << 40U); };
  CHECK(numbers_in(mapped(large, [](Word x) { return x + (Word{1} << 35U); })) ==
        Numbers{Word{1} << 35U});
  auto falling = mapped(up_to_1000, [](Word x) { return x - 2000; });
  for (Example& example : falling) {
    example.has_negative = true;
  }
  CHECK(numbers_in(falling) == Numbers{2000});
  // Every cell is 7 more than the one before it becomes.
  auto rising = mapped(up_to_1000, [](Word x) { return x; });
  for (Example& example : rising) {
    for (std::size_t i = 1; i + 1 < example.memory.size(); ++i) {
      example.expected[i] = *example.expected[i - 1] + 7;
    }
  }
  CHECK(numbers_in(rising) == Numbers{7});
}

TEST_CASE("no constant is seen where none is needed") {
  CHECK(numbers_in(mapped(up_to_1000, [](Word x) { return x; })).empty());
  CHECK(numbers_in(mapped(up_to_1000, [](Word x) { return x + 1; })).empty());
  CHECK(numbers_in(mapped([](Random& random) { return random.between(1, 3); },
                          [](Word x) { return x + 1; }))
            .empty());
  CHECK(numbers_in({}).empty());
  // Too few to tell.
  CHECK(numbers_in(mapped(
                       up_to_1000, [](Word x) { return x + 5; }, 3))
            .empty());
  // Two values that change places are no step.
  CHECK(numbers_in(mapped([](Random& random) { return random.chance(0.5) ? Word{10} : Word{20}; },
                          [](Word x) { return 30 - x; }))
            .empty());
  // Nor do the built-in tasks need any.
  for (const BuiltinTask& task : builtin_tasks()) {
    CAPTURE(task.name());
    Random random(3);
    std::vector<Example> examples;
    for (std::size_t i = 0; i < 100; ++i) {
      const std::size_t level = random.below(task.small_levels());
      examples.push_back(task.draw_cases(level, 1, 255, random).front().example);
    }
    CHECK(numbers_in(examples).empty());
  }
}

TEST_CASE("constants come behind ZERO, ONE and TWO, each once") {
  const auto names = [](const std::vector<Module>& modules) {
    std::string text;
    for (const Module& module : modules) {
      text += module.name + " ";
    }
    return text;
  };
  const std::vector<Word> numbers = {100, 5, 100};
  CHECK(names(with_constants(Machine::standard(1).modules(), numbers)) ==
        "READ ZERO ONE TWO CONST(100) CONST(5) INC ADD SUB DEC LT LE EQ MIN MAX WRITE ");
  CHECK(names(with_constants(Machine::standard(1, {"READ", "WRITE"}).modules(), numbers)) ==
        "CONST(100) CONST(5) READ WRITE ");
  CHECK(with_constants(Machine::standard(1).modules(), {}).size() == 14);
}

TEST_CASE(
    "a task has the constants that it is told, or those that are seen, and draws above them") {
  const auto examples = mapped([](Random& random) { return random.between(1, 50); },
                               [](Word x) { return std::min<Word>(x, 20); });
  const ExamplesTask seen("clip", examples);
  CHECK(seen.constants() == std::vector<Word>{20});
  ExamplesTask::Options options;
  options.constants = std::vector<Word>{};
  CHECK(ExamplesTask("none", examples, options).constants().empty());
  options.constants = std::vector<Word>{200, 7, 200};
  const ExamplesTask told("told", examples, options);
  CHECK(told.constants() == std::vector<Word>{200, 7});
  Random random(1);
  for (std::size_t level = 0; level < told.levels(); ++level) {
    for (const TestCase& test : told.draw_cases(level, 20, 255, random)) {
      REQUIRE(test.modulus);
      CHECK(test.modulus->contains(200));
      CHECK(discrete::ExampleBatch::width_of(test) == discrete::LaneWidth::bits8);
    }
  }
  CHECK(seen.differentiable());
  CHECK_FALSE(told.differentiable());  // the soft machine would need more than 200 values
  for (const Example& example : seen.draw_level(0, 4, random)) {
    CHECK(example.memory.size() > 20);
  }
  for (std::size_t level = 0; level < told.stage(told.stages() - 1).levels(); ++level) {
    CHECK(told.stage(told.stages() - 1).constants() == told.constants());
  }
  options.constants = std::vector<Word>{3, 4, 5, 6, 7, 8, 9, 10, 11};
  CHECK(
      mentions(message_of(ErrorKind::usage, [&] { (void)ExamplesTask("many", examples, options); }),
               "many", "9 constants", "up to 8"));
  options.constants = std::vector<Word>{max_constant + 1};
  CHECK(
      mentions(message_of(ErrorKind::usage, [&] { (void)ExamplesTask("big", examples, options); }),
               "CONST(9223372036854775808)"));
}

TEST_CASE("constants that no circuit uses are dropped, and nothing else changes") {
  const Machine machine(
      2, with_constants(Machine::standard(1).modules(), std::vector<Word>{100, 5, 9}));
  const Program program = test::program_from_text(
      machine, {{"r1=0", "READ(r0) ADD(READ,CONST(5)) WRITE(r0,ADD) r0=INC INC(r0) r1=READ"},
                {"", "READ(r0) WRITE(r0,READ) r1=CONST(5)", true}});
  CHECK(constants_used(program) == std::vector<Word>{5});
  const Program less = without_unused_constants(program);
  CHECK(less.machine().modules().size() == 15);
  CHECK(less.machine().find_source("CONST(5)"));
  CHECK_FALSE(less.machine().find_source("CONST(100)"));
  CHECK(less.rules() == program.rules());
  for (const Program* const one : {&program, &less}) {
    std::vector<Word> memory = {0, 7, 8, 0};
    const RunResult run =
        make_executor(Engine::reference, *one)
            ->run(MemoryView(std::span(memory)), {.modulus = Modulus::word64(), .step_limit = 100});
    CHECK(run.steps == 3);
    CHECK(memory == std::vector<Word>{5, 12, 8, 0});
  }
  CHECK(without_unused_constants(less).machine().modules().size() == 15);
}

TEST_CASE("adding 5 up to the end is learned from examples, with the machine's CONST(5)") {
  std::vector<Example> examples = mapped([](Random& random) { return random.between(1, 60); },
                                         [](Word x) { return x + 5; }, 80);
  const ExamplesTask task("plus five", examples);
  Settings settings;
  settings.portfolio.gradient = false;
  settings.portfolio.look_further = 0.0;
  const TrainResult result = train(task, settings, {.threads = 2, .time_budget = 200});
  REQUIRE(result.report.is_solved());
  CHECK(result.program->machine().find_source("CONST(5)"));
  std::vector<Word> memory;
  std::vector<Word> wanted;
  for (Word i = 1; i < 500; ++i) {
    memory.push_back(37 * i % 1009 + 1);
    wanted.push_back(memory.back() + 5);
  }
  memory.push_back(0);
  wanted.push_back(0);
  const RunResult run = make_executor(Engine::interpreter, *result.program)
                            ->run(MemoryView(std::span(memory)),
                                  {.modulus = Modulus::word64(), .step_limit = 100000});
  CHECK(run.outcome == Outcome::finished);
  CHECK(memory == wanted);
}

}  // namespace
}  // namespace nram
