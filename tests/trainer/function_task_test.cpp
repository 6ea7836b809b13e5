#include "small_settings.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/evaluation.hpp>
#include <nram/trainer/generated_task.hpp>
#include <nram/trainer/train.hpp>

namespace nram {
namespace {

// A[0..n-1], 0  ->  every A[i] becomes 0
Example clear(const Draw& draw, Random& random) {
  Example example;
  example.memory.assign(draw.n + 1 + draw.slack, 0);
  example.expected.assign(example.memory.size(), std::nullopt);
  const Modulus modulus = draw.modulus_for(example.memory.size());
  for (std::size_t i = 0; i < draw.n; ++i) {
    example.memory[i] = random.between(1, modulus.largest());
    example.expected[i] = 0;
  }
  return example;
}

TEST_CASE("a task made of one function is learned") {
  const FunctionTask task("clear", clear);
  const TrainResult result = train(task, annealing_settings());
  REQUIRE(result.report.is_solved());
  REQUIRE(result.program.has_value());
  CHECK(result.model.metadata().at("task") == "clear");
  const auto executor = make_executor(Engine::reference, *result.program);
  Random random(3);
  const std::vector<TestCase> cases = task.draw_held_out(100, 3, random);
  CHECK(evaluate(*executor, cases).perfect());
  CHECK(std::ranges::any_of(result.report.moves,
                            [](const MoveCount& move) { return move.improved > 0; }));
}

TEST_CASE("the contract of a task is checked") {
  const auto learn = [](FunctionTask::Function function) {
    TrainOptions options;
    options.threads = 1;
    (void)train(FunctionTask("mine", std::move(function)), annealing_settings(), options);
  };
  CHECK_THROWS_WITH_AS(learn([](const Draw& draw, Random& random) {
                         Example example = clear(draw, random);
                         example.steps = 0;
                         return example;
                       }),
                       doctest::Contains("example 1 has no budget of steps; set Example::steps"),
                       Error);
  CHECK_THROWS_WITH_AS(learn([](const Draw& draw, Random& random) {
                         Example example = clear(draw, random);
                         example.expected.pop_back();
                         return example;
                       }),
                       doctest::Contains("cells that do not count are nullopt"), Error);
  CHECK_THROWS_WITH_AS(learn([](const Draw& draw, Random& random) {
                         Example example = clear(draw, random);
                         example.memory[0] = ~Word{0} - 1;
                         return example;
                       }),
                       doctest::Contains("not below its modulus"), Error);
  CHECK_THROWS_WITH_AS(learn([](const Draw&, Random&) { return Example{}; }),
                       doctest::Contains("has no memory"), Error);
  // Examples of one size for the soft machine.
  CHECK_THROWS_WITH_AS((void)FunctionTask("mine",
                                          [](const Draw&, Random& random) {
                                            Example example;
                                            example.memory.resize(1 + random.below(1U << 12U));
                                            example.expected.resize(example.memory.size());
                                            return example;
                                          })
                           .draw_level(0, 2, *std::make_unique<Random>(1)),
                       doctest::Contains("need a memory of one size"), Error);
  CHECK_THROWS_AS(FunctionTask("mine", nullptr), Error);
  CHECK_THROWS_AS(FunctionTask("mine", clear, 1, 0), Error);
}

}  // namespace
}  // namespace nram
