// Lanes of every width: what is computed depends on the examples alone.

#include "attempts/saved_annealing.hpp"
#include "discrete/cost/lane_evaluator.hpp"
#include "discrete/cost/weights.hpp"
#include "discrete/example_source.hpp"
#include "discrete/proposals/moves.hpp"
#include "discrete_support.hpp"

#include <array>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <nram/engine/error.hpp>
#include <nram/engine/executor.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/evaluation.hpp>
#include <nram/trainer/examples_task.hpp>

namespace nram::discrete {
namespace {

constexpr std::array widths = {LaneWidth::bits8, LaneWidth::bits16, LaneWidth::bits32,
                               LaneWidth::bits64};

// WRITE before READ, which may have to be undone, a module of one's own, and constants that wrap
// round in some examples.
Machine unusual_machine() {
  ModuleTable table = ModuleTable::standard();
  table.add({"MUL", Opcode::custom, 2, [](Word a, Word b, Modulus m) { return m.reduce(a * b); },
             "a * b"});
  std::vector<Module> modules;
  for (const auto name : {"ONE", "TWO", "CONST(7)", "CONST(300)", "CONST(70000)",
                          "CONST(9223372036854775807)", "WRITE", "INC", "READ", "ADD", "MUL"}) {
    modules.push_back(*table.find(name));
  }
  return {3, modules};
}

Penalties some_penalties() {
  Penalties penalties;
  penalties.features = 0.5;
  penalties.late = 0.001;
  return penalties;
}

// A memory of `cells` cells with values below the modulus, many of them small or near its end or
// addresses.
TestCase random_case(std::size_t cells, std::optional<Modulus> modulus, Random& random) {
  const Modulus within = modulus.value_or(Modulus::of(cells));
  const auto value = [&]() -> Word {
    const Word largest = within.largest();
    switch (random.below(4)) {
      case 0:
        return std::min<Word>(largest, random.below(3));
      case 1:
        return largest - std::min<Word>(largest, random.below(3));
      case 2:
        return random.below(cells);
      default:
        return random.between(0, largest);
    }
  };
  TestCase test;
  test.modulus = modulus;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    test.example.memory.push_back(value());
    test.example.expected.emplace_back(std::nullopt);
    if (random.chance(0.5)) {
      test.example.expected.back() =
          random.chance(0.5) ? test.example.memory[random.below(cell + 1)] : value();
    }
  }
  test.example.expected[0] = value();
  test.example.steps = 1 + random.below(2 * cells);
  return test;
}

std::optional<Modulus> random_modulus(LaneWidth width, std::size_t cells, Random& random) {
  switch (width) {
    case LaneWidth::bits8:
      return random.chance(0.3) ? std::nullopt
                                : std::optional(Modulus::of(cells + random.below(150)));
    case LaneWidth::bits16:
      return random.chance(0.3) ? std::nullopt
                                : std::optional(Modulus::of(random.between(1000, 0xffff)));
    case LaneWidth::bits32:
      return Modulus::of(random.between(0x10000, std::numeric_limits<std::uint32_t>::max()));
    case LaneWidth::bits64:
      return random.chance(0.7) ? Modulus::word64()
                                : Modulus::of(random.between(Word{1} << 32U, ~Word{0}));
  }
  return std::nullopt;
}

std::vector<TestCase> random_cases(LaneWidth width, std::size_t count, Random& random) {
  std::vector<TestCase> cases;
  while (cases.size() < count) {
    const std::size_t cells = width == LaneWidth::bits8
                                  ? 4 + random.below(30)
                                  : 3 + random.below(random.chance(0.2) ? 300 : 40);
    cases.push_back(random_case(cells, random_modulus(width, cells, random), random));
  }
  return cases;
}

}  // namespace

TEST_CASE("lanes are as wide as values, modulus, cells and steps ask for") {
  Random random(1);
  TestCase test = random_case(60, std::nullopt, random);
  test.example.steps = 255;
  CHECK(ExampleBatch::width_of(test) == LaneWidth::bits8);
  test.example.steps = 256;
  CHECK(ExampleBatch::width_of(test) == LaneWidth::bits16);
  test.example.steps = 1;
  test.modulus = Modulus::of(256);
  CHECK(ExampleBatch::width_of(test) == LaneWidth::bits16);
  test.modulus = Modulus::of(0x10000);
  CHECK(ExampleBatch::width_of(test) == LaneWidth::bits32);
  test.modulus = Modulus::word32();
  CHECK(ExampleBatch::width_of(test) == LaneWidth::bits64);
  test.modulus = Modulus::word64();
  CHECK(ExampleBatch::width_of(test) == LaneWidth::bits64);
  CHECK(ExampleBatch::width_of(random_case(65, std::nullopt, random)) == LaneWidth::bits16);
  CHECK(ExampleBatch::fits(random_case(ExampleBatch::max_cells, std::nullopt, random)) ==
        (ExampleBatch::max_cells * 2 <= ExampleBatch::max_steps));
  CHECK(!ExampleBatch::fits(random_case(ExampleBatch::max_cells + 1, std::nullopt, random)));
}

TEST_CASE("what fits into bytes costs the same in lanes of every width") {
  constexpr std::size_t few = 13;  // with what is drawn together, as many as lanes of 64 bits
  Random random(2);
  for (const unsigned states : {1U, 6U}) {
    for (const Machine& machine : {Machine::standard(4), unusual_machine()}) {
      const Moves moves(machine, states);
      LaneEvaluator evaluator(machine, states, some_penalties());
      for (const BuiltinTask& task : builtin_tasks()) {
        const std::vector<TestCase> examples = draw(task, random, few);
        std::vector<ExampleBatch> batches;
        for (const LaneWidth width : widths) {
          batches.emplace_back(examples, machine.registers(), 0, width);
          CHECK(batches.back().width() == width);
        }
        Candidate candidate = moves.random_candidate(random);
        for (int i = 0; i < 40; ++i) {
          moves.mutate(candidate, {}, random);
          const LaneResult wanted = evaluator.evaluate(candidate, batches[0]);
          const std::vector<std::uint64_t> missed(evaluator.missed().begin(),
                                                  evaluator.missed().end());
          for (const ExampleBatch& batch : batches) {
            const LaneResult result = evaluator.evaluate(candidate, batch);
            REQUIRE(result.cost == wanted.cost);
            REQUIRE(result.rows == wanted.rows);
            REQUIRE(result.wrong == wanted.wrong);
            REQUIRE(result.steps == wanted.steps);
            REQUIRE(result.longest == wanted.longest);
            REQUIRE(std::equal(missed.begin(), missed.end(), evaluator.missed().begin()));
          }
        }
      }
    }
  }
}

// Each width on examples that need it, with numbers at both ends of their range.
TEST_CASE("lanes of every width agree with the reference interpreter") {
  Random random(3);
  Penalties penalties;  // that tell the three faults apart
  penalties.value_written = penalties.was_right = 0.0;
  penalties.unclean = 1000.0;
  penalties.not_stopped = 100000.0;
  penalties.while_wrong = 1.0;
  unsigned right = 0;
  unsigned stopped = 0;
  unsigned faulted = 0;
  for (const LaneWidth width : widths) {
    CAPTURE(static_cast<unsigned>(width));
    for (const unsigned states : {1U, 6U}) {
      for (const Machine& machine : {Machine::standard(3), unusual_machine()}) {
        const Moves moves(machine, states);
        LaneEvaluator evaluator(machine, states, penalties);
        Candidate candidate = moves.random_candidate(random);
        for (int i = 0; i < 150; ++i) {
          moves.mutate(candidate, {}, random);
          const auto reference =
              make_executor(Engine::reference, to_program(machine, states, candidate));
          for (const TestCase& test : random_cases(width, 3, random)) {
            const Verdict verdict = judge(*reference, test, *test.example.steps);
            const ExampleBatch batch(std::span(&test, 1), machine.registers(), 0,
                                     std::max(width, ExampleBatch::width_of(test)));
            const LaneResult result = evaluator.evaluate(candidate, batch);
            REQUIRE((result.wrong != 0) == !verdict.right());
            REQUIRE((result.cost < 100000.0) == verdict.stopped);
            if (verdict.clean && verdict.stopped) {
              REQUIRE(result.cost == doctest::Approx(static_cast<double>(verdict.wrong_cells) /
                                                     static_cast<double>(verdict.result_cells)));
            }
            right += verdict.right() ? 1 : 0;
            stopped += verdict.stopped ? 1 : 0;
            faulted += verdict.faulted ? 1 : 0;
          }
        }
      }
    }
  }
  CHECK(right > 0);
  CHECK(stopped > 100);
  CHECK(faulted > 100);
}

// Values that are written somewhere, or where they belong for a time, are found by an index where
// there are many results: against what 8 bits find by going through all.
TEST_CASE("a batch of wide lanes costs what its examples cost one by one") {
  Random random(4);
  const Machine machine = Machine::standard(3);
  const Moves moves(machine, 6);
  LaneEvaluator evaluator(machine, 6, Penalties{});
  for (const LaneWidth width : {LaneWidth::bits16, LaneWidth::bits32, LaneWidth::bits64}) {
    const std::vector<TestCase> examples = random_cases(width, lane_count, random);
    const ExampleBatch batch(examples, machine.registers(), 0);
    CHECK(batch.count == lanes_of_width(width));
    for (int i = 0; i < 60; ++i) {
      const Candidate candidate = moves.random_candidate(random);
      double cost = 0.0;
      for (const TestCase& test : std::span(examples).first(batch.count)) {
        cost +=
            evaluator.evaluate(candidate, ExampleBatch(std::span(&test, 1), machine.registers()))
                .cost;
      }
      CHECK(evaluator.evaluate(candidate, batch).cost ==
            doctest::Approx(cost / batch.count).epsilon(1e-4));
    }
  }
}

TEST_CASE("results are weighed alike in lanes of every width") {
  Random random(5);
  const Machine machine = Machine::standard(3);
  const Moves moves(machine, 6);
  LaneEvaluator evaluator(machine, 6, Penalties{});
  const std::vector<TestCase> examples =
      draw(*find_task("swap"), random, lanes_of_width(LaneWidth::bits64));
  const std::array candidates = {moves.random_candidate(random), moves.random_candidate(random)};
  const std::array<const Candidate*, 2> pointers = {candidates.data(), &candidates[1]};
  std::vector<ExampleBatch> wanted = {ExampleBatch(examples, 3)};
  weigh(evaluator, wanted, pointers, 0.05);
  for (const LaneWidth width : widths) {
    std::vector<ExampleBatch> batches = {ExampleBatch(examples, 3, 0, width)};
    weigh(evaluator, batches, pointers, 0.05);
    CHECK(batches[0].weight == wanted[0].weight);
    CHECK(batches[0].result_share == wanted[0].result_share);
  }
}

namespace {

// Elements and a zero at the end; every element becomes the first one.
ExamplesTask fill_task(const std::vector<std::size_t>& lengths, Word largest) {
  Random random(6);
  std::vector<Example> examples;
  for (const std::size_t length : lengths) {
    Example example;
    for (std::size_t i = 0; i < length; ++i) {
      example.memory.push_back(random.between(1, largest));
      example.expected.emplace_back(example.memory.front());
    }
    example.memory.push_back(0);
    example.expected.emplace_back(0);
    examples.push_back(std::move(example));
  }
  return {"fill", examples};
}

std::vector<std::size_t> lengths_to(std::size_t longest) {
  std::vector<std::size_t> lengths;
  for (std::size_t length = 20; length <= longest; length += 4) {
    lengths.push_back(length);
  }
  return lengths;
}

}  // namespace

TEST_CASE("examples of any size and value are drawn, short ones to begin with") {
  Random random(7);
  const ExamplesTask task = fill_task(lengths_to(300), 1'000'000'000);
  const ExampleSource source(task, {Levels::harder, 6, 3, 0});
  std::vector<TestCase> examples = source.draw(random, Reach::short_ones);
  CHECK(examples.size() == source.count());
  std::size_t longest = 0;
  for (const TestCase& test : examples) {
    longest = std::max(longest, test.example.memory.size());
    CHECK(ExampleBatch::width_of(test) <= LaneWidth::bits32);
  }
  CHECK(longest > 40);
  CHECK(longest < 150);
  CHECK(source.batches(examples).size() == 2);
  longest = 0;
  for (const TestCase& test : source.draw(random)) {
    longest = std::max(longest, test.example.memory.size());
  }
  CHECK(longest > 120);  // the longer half is held out

  const ExamplesTask words = fill_task({3, 4, 5, 6, 7, 8}, ~Word{0});
  for (const TestCase& test : ExampleSource(words, {}).draw(random)) {
    CHECK(ExampleBatch::width_of(test) == LaneWidth::bits64);
  }
  // Small values stay in bytes.
  const ExamplesTask small = fill_task({3, 4, 5, 6, 7, 8}, 200);
  for (const TestCase& test : ExampleSource(small, {}).draw(random)) {
    CHECK(ExampleBatch::width_of(test) == LaneWidth::bits8);
  }
}

TEST_CASE("examples with large values are saved and put back") {
  Random random(10);
  for (const std::optional<Modulus>& modulus :
       {std::optional<Modulus>(), std::optional(Modulus::word64()),
        std::optional(Modulus::of(1'000'000'007))}) {
    TestCase test = random_case(300, modulus, random);
    test.example.memory[1] = modulus ? modulus->largest() : 299;
    const TestCase restored = test_case_from(to_json(test), 3);
    CHECK(restored.example == test.example);
    CHECK(restored.modulus == test.modulus);
  }
}

TEST_CASE("examples that are too long are refused with advice that helps") {
  Random random(8);
  const ExamplesTask task = fill_task({5000, 5001, 5002}, 9);
  const ExampleSource source(task, {});
  try {
    (void)source.draw(random);
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::data);
    const std::string text = error.what();
    CHECK(text.find("fill") != std::string::npos);
    CHECK(text.find("4096 cells") != std::string::npos);
    CHECK(text.find("add shorter examples") != std::string::npos);
  }
}

// Their lanes are fewer, so that they need more batches.
TEST_CASE("examples that are wider than others are all in some batch") {
  Random random(11);
  std::vector<Example> examples;
  for (Word value = 300; value < 340; ++value) {
    examples.push_back({{value, 5, 0}, {value, value, std::nullopt}});
  }
  const ExamplesTask task("narrow", examples);
  const ExampleSource source(task, {});
  CHECK(source.count() == 2 * lanes_of_width(LaneWidth::bits16));
  std::vector<TestCase> drawn = source.draw(random);
  for (std::size_t i = 0; i < drawn.size(); i += 20) {
    drawn[i].modulus = Modulus::word64();
  }
  const std::vector<ExampleBatch> batches = source.batches(drawn);
  CHECK(batches.size() > 2);
  std::size_t held = 0;
  for (const ExampleBatch& batch : batches) {
    CHECK(batch.count <= lanes_of_width(batch.width()));
    held += batch.count;
  }
  CHECK(held == drawn.size());
}

TEST_CASE("signed examples with small values need no wide lanes") {
  Random random(12);
  std::vector<Example> examples;
  for (Word value = 300; value < 340; ++value) {
    Example example{{value, Word{0} - value, 0}, {value, value, std::nullopt}};
    example.has_negative = true;
    examples.push_back(std::move(example));
  }
  const ExamplesTask task("signed", examples);
  for (const TestCase& test : ExampleSource(task, {}).draw(random)) {
    CHECK(ExampleBatch::width_of(test) == LaneWidth::bits16);
  }
}

// Where all built-in tasks are learned from bytes, as ever.
TEST_CASE("the examples of built-in tasks fit into bytes") {
  Random random(9);
  for (const BuiltinTask& task : builtin_tasks()) {
    CAPTURE(task.name());
    for (const unsigned states : {1U, 8U}) {
      for (const TestCase& test :
           ExampleSource(task, {Levels::harder, states, 3, 0}).draw(random)) {
        CHECK(ExampleBatch::width_of(test) == LaneWidth::bits8);
      }
    }
  }
}

}  // namespace nram::discrete
