#include "support/hand_written.hpp"

#include <set>

#include <doctest/doctest.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/evaluation.hpp>
#include <nram/trainer/examples_task.hpp>

using namespace nram;

namespace {

bool same_shape(const std::vector<Example>& examples) {
  for (const Example& example : examples) {
    if (example.memory.size() != examples.front().memory.size() ||
        example.steps != examples.front().steps) {
      return false;
    }
  }
  return true;
}

}  // namespace

// Generator and program were written independently of each other: that they agree says that both
// follow the layouts of the manual.
TEST_CASE("hand-written programs solve every example of their tasks") {
  for (const BuiltinTask& task : builtin_tasks()) {
    CAPTURE(task.name());
    const Program& program = test::hand_written_program(std::string(task.name()));
    const auto executor = make_executor(Engine::interpreter, program);
    Random random(7);
    std::vector<TestCase> cases = task.draw_held_out(300, 2, random);
    for (std::size_t level = 0; level < task.levels(); ++level) {
      for (Example& example : task.draw_level(level, 64, random)) {
        cases.push_back({std::move(example), std::nullopt});
      }
    }
    for (const ValuePattern pattern :
         {ValuePattern::random, ValuePattern::equal, ValuePattern::ascending,
          ValuePattern::descending, ValuePattern::largest}) {
      for (const std::size_t n : {1U, 2U, 3U, 50U}) {
        cases.push_back({task.draw({n, 0, pattern, true, std::nullopt}, random), std::nullopt});
        cases.push_back(
            {task.draw({n, 3, pattern, false, Modulus::word64()}, random), Modulus::word64()});
      }
    }
    const Evaluation result = evaluate(*executor, cases);
    CHECK(result.wrong_cells == 0);
    CHECK(result.stops() == 1.0);
    CHECK(result.clean() == 1.0);
    CHECK(result.result_cells > 0);
  }
}

TEST_CASE("the examples of a level share one shape and stay below their modulus") {
  Random random(3);
  for (const BuiltinTask& task : builtin_tasks()) {
    for (std::size_t level = 0; level < task.levels(); ++level) {
      std::set<std::size_t> sizes;
      for (int i = 0; i < 20; ++i) {
        const std::vector<Example> examples = task.draw_level(level, 16, random);
        REQUIRE(examples.size() == 16);
        CHECK(same_shape(examples));
        sizes.insert(examples.front().memory.size());
        for (const Example& example : examples) {
          for (const Word value : example.memory) {
            CHECK(value < example.memory.size());
          }
        }
      }
      CHECK_MESSAGE(sizes.size() > 1, "the curriculum goes over moduli, too");
    }
  }
}

TEST_CASE("drawing is a function of the random state") {
  const BuiltinTask& task = *find_task("merge");
  Random a(5, 1);
  Random b(5, 1);
  Random other(6, 1);
  CHECK(task.draw_level(3, 8, a) == task.draw_level(3, 8, b));
  CHECK(a.state() == b.state());
  CHECK(task.draw_level(3, 8, a) != task.draw_level(3, 8, other));
}

TEST_CASE("there are ten tasks, found by name") {
  CHECK(builtin_tasks().size() == 10);
  for (const BuiltinTask& task : builtin_tasks()) {
    CHECK(find_task(task.name()) == &task);
  }
  CHECK(find_task("sort") == nullptr);
}

namespace {

Example example(std::vector<Word> memory, std::vector<std::optional<Word>> expected) {
  return {std::move(memory), std::move(expected), {}, {}};
}

}  // namespace

namespace {

// `each` different examples of each of these lengths.
std::vector<Example> of_lengths(const std::vector<std::size_t>& lengths, Word each) {
  std::vector<Example> examples;
  for (const std::size_t cells : lengths) {
    for (Word i = 0; i < each; ++i) {
      std::vector<Word> memory(cells, 0);
      memory[0] = i;
      examples.push_back(example(memory, std::vector<std::optional<Word>>(cells, 1)));
    }
  }
  return examples;
}

// The longest example that each stage of a file learns from.
std::vector<std::size_t> learned_cells(const Task& task) {
  std::vector<std::size_t> cells;
  for (std::size_t i = 0; i < task.stages(); ++i) {
    cells.push_back(task.stage(i).learned_cells().value());
  }
  return cells;
}

}  // namespace

TEST_CASE("of a file the shorter half of the lengths is learned from, and becomes levels") {
  const ExamplesTask task("file", of_lengths({4, 5, 6, 2, 3}, 2));
  CHECK(task.training_examples() == 6);
  CHECK(task.held_out_examples() == 4);
  CHECK(task.levels() == 3);
  Random random(1);
  for (std::size_t level = 0; level < 3; ++level) {
    for (const Example& drawn : task.draw_level(level, 20, random)) {
      CHECK(drawn.memory.size() == 2 + level);
    }
  }
  for (const TestCase& test : task.draw_held_out(100, 1, random)) {
    CHECK(test.example.memory.size() >= 5);
  }
  // A program has to be right on what was learned from, too.
  CHECK(task.draw_held_out(100, 2, random).size() >= 10);
}

TEST_CASE("later stages of a file learn from more, and what is held out stays longer by half") {
  using Lengths = std::vector<std::size_t>;
  const auto stages = [](const Lengths& lengths, Word each) {
    return learned_cells(ExamplesTask("file", of_lengths(lengths, each)));
  };
  CHECK(stages({2, 3, 4, 5, 6}, 10) == Lengths{4, 5});
  CHECK(stages({3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 10) == Lengths{7, 8, 10});
  CHECK(stages({4, 6}, 10) == Lengths{4, 6});
  CHECK(stages({8, 9, 10, 11}, 10) == Lengths{11});
  CHECK(stages({20}, 200) == Lengths{20});
  // Of the later stages, those behind them are the stages.
  const ExamplesTask task("file", of_lengths({3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 10));
  CHECK(task.stage(1).stages() == 2);
  CHECK(task.stage(1).stage(1).learned_cells() == std::size_t{10});
  Random random(1);
  for (const TestCase& test : task.stage(1).draw_held_out(1000, 1, random)) {
    CHECK(test.example.memory.size() > 8);
  }
}

TEST_CASE("examples with equal input are one example: none of them is held out from another") {
  std::vector<Example> copies(50, example({2, 1, 0}, {3, {}, {}}));
  copies.push_back(example({2, 1, 0}, {{}, 5, {}}));  // says more about the same input
  const ExamplesTask same("file", copies);
  CHECK(same.examples().size() == 1);
  CHECK(same.merged_examples() == 50);
  CHECK(same.held_out_examples() == 0);
  CHECK(same.examples()[0].expected == std::vector<std::optional<Word>>{3, 5, {}});

  copies.push_back(example({4, 1, 0}, {5, {}, {}}));
  const ExamplesTask two("file", copies);
  CHECK(two.training_examples() == 1);
  CHECK(two.held_out_examples() == 1);
}

TEST_CASE("impossible files of examples are refused with the reason") {
  const auto message = [](std::vector<Example> examples) {
    try {
      const ExamplesTask task("f.jsonl", std::move(examples));
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::data);
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  CHECK(message({}).find("at least 2") != std::string::npos);
  CHECK(message({example({1, 0}, {1, {}}), example({1, 0}, {0, {}})}).find("examples 1 and 2") !=
        std::string::npos);
  CHECK(message({example({1, 0}, {1, {}}), example({1, 0}, {{}, 0})}) == "accepted");
}

TEST_CASE("a file's examples are for their number of cells and for larger moduli") {
  std::vector<Example> examples;
  for (Word i = 0; i < 9; ++i) {
    examples.push_back(example({i % 3, i / 3, 0}, {1, {}, {}}));
  }
  const ExamplesTask task("file", examples);
  CHECK(task.arithmetic() == Arithmetic::both);
  Random random(1);
  unsigned larger = 0;
  for (const TestCase& test : task.draw_cases(0, 100, 20, random)) {
    const Word modulus = test.modulus ? test.modulus->value() : 3;
    CHECK(modulus >= 3);
    CHECK(modulus <= 20);
    larger += test.modulus ? 1 : 0;
  }
  CHECK(larger > 10);
  CHECK(larger < 90);
}

TEST_CASE("a file with values that are no addresses is about words") {
  const std::vector<Example> examples(5, example({7, 1}, {{}, 50}));
  const ExamplesTask task("file", examples);
  CHECK(task.arithmetic() == Arithmetic::word);
  CHECK(task.differentiable());
  Random random(1);
  for (const TestCase& test : task.draw_cases(0, 20, 60, random)) {
    REQUIRE(test.modulus);
    CHECK(test.modulus->value() > 50);
    CHECK(test.modulus->value() <= 60);
  }
  // The soft machine has as many cells as values: cells that mean nothing make up for them.
  for (const Example& drawn : task.draw_level(0, 5, random)) {
    CHECK(drawn.memory.size() == 51);
    CHECK(drawn.expected[1] == Word{50});
    CHECK_FALSE(drawn.expected[50]);
  }
  for (const TestCase& test : task.draw_held_out(10, 1, random)) {
    CHECK(test.modulus == Modulus::word64());
  }
  const ExamplesTask large("file", {5, example({7, 1}, {{}, ~Word{0}})});
  CHECK_FALSE(large.differentiable());
  CHECK(large.draw_cases(0, 1, 255, random).front().modulus == Modulus::word64());
}

namespace {

// Prefix sums of `n` numbers below `values`, ended by 0; at the number of cells they wrap round or
// do not.
std::vector<Example> prefix_sums(bool wrap, Word values) {
  Random random(3);
  std::vector<Example> examples;
  for (std::size_t i = 0; i < 40; ++i) {
    const std::size_t n = 1 + i % 6;
    Example one;
    Word sum = 0;
    for (std::size_t k = 0; k < n; ++k) {
      one.memory.push_back(random.between(1, std::min<Word>(values, n)));
      sum += one.memory.back();
      one.expected.push_back(wrap ? sum % (n + 1) : sum);
    }
    one.memory.push_back(0);
    one.expected.emplace_back();
    examples.push_back(std::move(one));
  }
  return examples;
}

}  // namespace

TEST_CASE("sums that wrapped round at the number of cells say which arithmetic examples are for") {
  const ExamplesTask wrapped("file", prefix_sums(true, 9));
  CHECK(wrapped.arithmetic() == Arithmetic::cells);
  CHECK(wrapped.arithmetic_reason().find("the sum of the cells from 0 to it modulo its") !=
        std::string::npos);
  Random random(1);
  for (std::size_t level = 0; level < wrapped.levels(); ++level) {
    for (const TestCase& test : wrapped.draw_cases(level, 50, 255, random)) {
      CHECK_FALSE(test.modulus);
    }
  }
  for (const TestCase& test : wrapped.draw_held_out(50, 1, random)) {
    CHECK_FALSE(test.modulus);
  }
  const ExamplesTask words("file", prefix_sums(false, 9));
  CHECK(words.arithmetic() == Arithmetic::word);
  CHECK(words.arithmetic_reason().find("is not below its") != std::string::npos);
  // What was asked for counts, unless examples contradict it.
  const ExamplesTask asked("file", prefix_sums(true, 9), {Arithmetic::both, {}});
  CHECK(asked.arithmetic() == Arithmetic::both);
  CHECK_THROWS_WITH_AS(ExamplesTask("file", prefix_sums(false, 9), {Arithmetic::cells, {}}),
                       doctest::Contains("is not below its"), Error);
}

TEST_CASE("increments and differences that wrapped round tell, too; copies and maxima do not") {
  const auto found = [](auto function) {
    Random random(5);
    std::vector<Example> examples;
    for (std::size_t i = 0; i < 40; ++i) {
      const std::size_t cells = 3 + i % 5;
      Example one;
      for (std::size_t k = 0; k < cells; ++k) {
        one.memory.push_back(random.below(cells));
      }
      one.expected.assign(cells, std::nullopt);
      function(one, cells);
      examples.push_back(std::move(one));
    }
    return ExamplesTask("file", examples).arithmetic();
  };
  CHECK(found([](Example& one, Word cells) {
          for (std::size_t k = 0; k < cells; ++k) {
            one.expected[k] = (one.memory[k] + 1) % cells;
          }
        }) == Arithmetic::cells);
  CHECK(found([](Example& one, Word cells) {
          one.expected[0] = (one.memory[1] + cells - one.memory[2]) % cells;
        }) == Arithmetic::cells);
  CHECK(found([](Example& one, Word /*cells*/) { one.expected[0] = one.memory[2]; }) ==
        Arithmetic::both);
  CHECK(found([](Example& one, Word /*cells*/) {
          one.expected[0] = std::max(one.memory[1], one.memory[2]);
        }) == Arithmetic::both);
}

TEST_CASE("examples with negative values are of signed words, modulo numbers that hold them") {
  const Word minus_nine = Word{0} - 9;
  Example one = example({minus_nine, 4, 0}, {{}, minus_nine, {}});
  one.has_negative = true;
  const ExamplesTask task("file", std::vector<Example>(5, one));
  CHECK(task.order() == Order::signed_numbers);
  CHECK(task.arithmetic() == Arithmetic::word);
  CHECK(task.differentiable());
  Random random(1);
  for (const TestCase& test : task.draw_cases(0, 50, 255, random)) {
    REQUIRE(test.modulus);
    const Word modulus = test.modulus->value();
    CHECK(modulus >= 18);
    CHECK(test.example.memory[0] == modulus - 9);
    CHECK(*test.example.expected[1] == modulus - 9);
    CHECK(test.example.memory[1] == 4);
  }
  for (const Example& drawn : task.draw_level(0, 5, random)) {
    CHECK(drawn.memory.size() == 18);
    CHECK(drawn.memory[0] == 9);
  }
  CHECK(task.draw_held_out(1, 1, random).front().example.memory[0] == minus_nine);
  CHECK_THROWS_AS(ExamplesTask("file", std::vector<Example>(5, one), {{}, Order::unsigned_numbers}),
                  Error);
}
