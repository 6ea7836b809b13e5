#include "discrete/cost/weights.hpp"

#include "discrete/proposals/moves.hpp"
#include "discrete_support.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include <doctest/doctest.h>

#include <nram/engine/executor.hpp>
#include <nram/trainer/builtin_tasks.hpp>

namespace nram::discrete {
namespace {

// By result: whether the slow interpreter leaves another value there.
std::vector<bool> misses(const Machine& machine, const Candidate& candidate, const TestCase& test) {
  const auto executor = make_executor(Engine::reference, to_program(machine, 1, candidate));
  std::vector<Word> memory = test.example.memory;
  RunOptions options;
  options.modulus = test.modulus ? *test.modulus : Modulus::of(memory.size());
  options.step_limit = *test.example.steps;
  (void)executor->run(MemoryView(std::span(memory)), options);
  std::vector<bool> missed;
  for (std::size_t cell = 0; cell < memory.size(); ++cell) {
    if (const auto& value = test.example.expected[cell]) {
      missed.push_back(memory[cell] != *value);
    }
  }
  return missed;
}

TEST_CASE("results that more of the candidates miss weigh more") {
  Random random(12);
  const Machine machine = Machine::standard(3);
  const Moves moves(machine, 1);
  LaneEvaluator evaluator(machine, 1, Penalties{});
  const Task& task = *find_task("swap");
  const std::vector<TestCase> many = draw(task, random);
  const std::vector<TestCase> few = draw(task, random, 20);
  std::vector<ExampleBatch> batches = {ExampleBatch(many, 3), ExampleBatch(few, 3)};
  const std::vector<ExampleBatch> plain = batches;

  // Three that each miss another share of the results.
  std::vector<Candidate> candidates;
  const auto share_missed = [&](const Candidate& candidate) {
    unsigned missed = 0;
    (void)evaluator.evaluate(candidate, plain[0]);
    for (const std::uint64_t result : evaluator.missed()) {
      missed += static_cast<unsigned>(std::popcount(result));
    }
    return missed / (2.0 * lane_count);
  };
  std::vector<double> shares;
  while (candidates.size() < 3) {
    const Candidate candidate = moves.random_candidate(random);
    const double share = share_missed(candidate);
    const bool another = std::all_of(shares.begin(), shares.end(),
                                     [&](double other) { return std::abs(other - share) > 0.03; });
    if (share < 0.95 && another) {
      candidates.push_back(candidate);
      shares.push_back(share);
    }
  }
  const Candidate* const all[] = {&candidates[0], &candidates[1], &candidates[2]};
  constexpr double least = 0.25;
  weigh(evaluator, batches, all, least);

  double total = 0.0;
  std::array<unsigned, 4> seen{};  // results missed by so many candidates
  for (unsigned p = 0; p < 2; ++p) {
    const std::vector<TestCase>& examples = p == 0 ? many : few;
    for (unsigned lane = 0; lane < examples.size(); ++lane) {
      std::vector<double> expected;
      for (const Candidate& candidate : candidates) {
        const std::vector<bool> missed = misses(machine, candidate, examples[lane]);
        expected.resize(missed.size());
        for (std::size_t k = 0; k < missed.size(); ++k) {
          expected[k] += missed[k] ? 1.0 : 0.0;
        }
      }
      double sum = 0.0;
      for (unsigned k = 0; k < expected.size(); ++k) {
        ++seen[static_cast<unsigned>(expected[k])];
        const double weight = std::round(16.0 * (least + (1.0 - least) * expected[k] / 3.0));
        CHECK(std::get<0>(batches[p].lanes).result_weight[k][lane] == weight);
        sum += weight;
      }
      CHECK(batches[p].result_share[lane] == doctest::Approx(1.0 / sum));
      total += batches[p].weight[lane];
    }
    for (unsigned lane = batches[p].count; lane < lane_count; ++lane) {
      CHECK(batches[p].weight[lane] == 0.0F);
    }
  }
  CHECK(total == doctest::Approx(static_cast<double>(many.size() + few.size())));
  for (const unsigned results : seen) {
    CHECK(results > 0);
  }
  for (const Candidate& candidate : candidates) {
    CHECK(evaluator.evaluate(candidate, batches).cost > evaluator.evaluate(candidate, plain).cost);
  }

  weigh(evaluator, batches, all, 1.0);  // all the same again
  for (const Candidate& candidate : candidates) {
    CHECK(evaluator.evaluate(candidate, batches).cost ==
          doctest::Approx(evaluator.evaluate(candidate, plain).cost));
  }
}

}  // namespace
}  // namespace nram::discrete
