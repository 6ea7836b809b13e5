// Evaluating candidates of the discrete search on one thread on 64 examples, with lanes of each
// width: on the same small examples, which fit into bytes, and on long ones with large values.

#include "discrete/cost/lane_evaluator.hpp"
#include "discrete/proposals/moves.hpp"

#include <vector>

#include <benchmark/benchmark.h>

#include <nram/trainer/builtin_tasks.hpp>

namespace nram::discrete {
namespace {

std::vector<TestCase> draw_small(Random& random) {
  std::vector<TestCase> examples;
  const Task& task = *find_task("copy");
  while (examples.size() < lane_count) {
    for (TestCase& test : task.draw_cases(random.below(task.small_levels()), 4,
                                          ExampleBatch::max_byte_modulus, random)) {
      examples.push_back(std::move(test));
    }
  }
  return examples;
}

// Copied by a program for words, from memories of 20 to 300 cells with values below 2^bits.
std::vector<TestCase> draw_long(unsigned bits, Random& random) {
  std::vector<TestCase> examples;
  while (examples.size() < lane_count) {
    const std::size_t length = random.between(10, 150);
    const Modulus values = Modulus::of(Word{1} << (bits - 1));
    Example example =
        find_task("copy")->draw({length, 0, ValuePattern::random, true, values}, random);
    const Modulus modulus = bits == 64 ? Modulus::word64() : Modulus::of((Word{1} << bits) - 1);
    examples.push_back({std::move(example), modulus});
  }
  return examples;
}

// 64 examples, in as many batches as they need.
void evaluate(benchmark::State& state, const std::vector<TestCase>& examples,
              std::optional<LaneWidth> width) {
  Random random(2);
  constexpr unsigned states = 8;
  const Machine machine = Machine::standard(4);
  const Moves moves(machine, states);
  LaneEvaluator evaluator(machine, states, Penalties{});
  std::vector<ExampleBatch> batches;
  for (std::size_t from = 0; from < lane_count; from += batches.back().count) {
    batches.emplace_back(std::span(examples).subspan(from, lane_count - from), machine.registers(),
                         0, width);
  }
  std::vector<Candidate> candidates(256);
  for (Candidate& candidate : candidates) {
    candidate = moves.random_candidate(random);
  }
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(evaluator.evaluate(candidates[next++ % candidates.size()], batches));
  }
  state.counters["candidates/s"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

void small_examples(benchmark::State& state) {
  Random random(1);
  evaluate(state, draw_small(random), static_cast<LaneWidth>(state.range(0)));
}
BENCHMARK(small_examples)->ArgName("width")->DenseRange(0, 3);

void long_examples(benchmark::State& state) {
  Random random(1);
  evaluate(state, draw_long(static_cast<unsigned>(state.range(0)), random), std::nullopt);
}
BENCHMARK(long_examples)->ArgName("bits")->Arg(16)->Arg(32)->Arg(64);

}  // namespace
}  // namespace nram::discrete
