// Behavioural features: what registers tell about the examples that are wrong.

#include "discrete/cost/features.hpp"

#include "discrete/cost/lane_evaluator.hpp"
#include "discrete/proposals/moves.hpp"
#include "discrete_support.hpp"

#include <vector>

#include <doctest/doctest.h>

#include <nram/trainer/builtin_tasks.hpp>

using namespace nram;
using namespace nram::discrete;

TEST_CASE("features tell how well the registers separate wrong examples from right ones") {
  constexpr std::uint64_t wrong = 0xffff;  // the first 16 of 32 examples
  constexpr unsigned count = 32;
  Bytes active;
  Bytes seven;
  Bytes other;
  for (unsigned lane = 0; lane < count; ++lane) {
    active[lane] = 0xff;
    seven[lane] = 7;
    other[lane] = lane < 16 ? 7 : 8;
  }
  const std::vector<Bytes> nothing(3);
  BehaviouralFeatures<std::uint8_t> features;
  const auto strength = [&](const std::vector<Bytes>& registers, const std::vector<Bytes>& input) {
    features.reset(static_cast<unsigned>(registers.size()));
    features.observe(registers, input, active);
    return features.strength(wrong, count);
  };
  CHECK(strength({Bytes{}, Bytes{}}, nothing) == 0.0);
  const double in_input = strength({Bytes{}, other}, {seven, seven, seven});
  CHECK(in_input == doctest::Approx(0.3));
  CHECK(strength({seven, other}, nothing) == doctest::Approx(0.7));
  Bytes around;  // less than 7, or more
  for (unsigned lane = 0; lane < count; ++lane) {
    around[lane] = lane < 16 ? 6 : 8;
  }
  CHECK(strength({seven, around}, nothing) == doctest::Approx(0.7));
  Bytes flag;
  for (unsigned lane = 0; lane < 16; ++lane) {
    flag[lane] = 1;
  }
  CHECK(strength({flag, Bytes{}}, nothing) == doctest::Approx(1.0));
  // Seen once is enough; examples that have stopped are not looked at.
  features.observe(nothing, nothing, active);
  CHECK(features.strength(wrong, count) == doctest::Approx(1.0));
  features.reset(1);
  features.observe(std::vector<Bytes>{flag}, nothing, Bytes{});
  CHECK(features.strength(wrong, count) == 0.0);
  // Three wrong examples are told apart by chance.
  features.reset(1);
  features.observe(std::vector<Bytes>{flag}, nothing, active);
  CHECK(features.strength(0b111, count) == 0.0);
}

TEST_CASE("features make a batch cheaper, never free, and never right") {
  Random random(3);
  const Machine machine = Machine::standard(4);
  const Moves moves(machine, 6);
  Penalties with_features;
  with_features.features = 0.5;
  LaneEvaluator plain(machine, 6, Penalties{});
  LaneEvaluator evaluator(machine, 6, with_features);
  const ExampleBatch batch(draw(*find_task("list-search"), random), 4);
  unsigned cheaper = 0;
  for (int i = 0; i < 200; ++i) {
    const Candidate candidate = moves.random_candidate(random);
    const LaneResult a = plain.evaluate(candidate, batch);
    const LaneResult b = evaluator.evaluate(candidate, batch);
    REQUIRE(b.cost <= a.cost);
    REQUIRE(b.cost >= 0.5 * a.cost);
    REQUIRE(b.wrong == a.wrong);
    cheaper += b.cost < a.cost ? 1 : 0;
  }
  CHECK(cheaper > 0);
}
