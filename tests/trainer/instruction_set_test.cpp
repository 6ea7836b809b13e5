// Every instruction set that this computer has computes the same.

#include "instruction_set/instruction_set.hpp"

#include "discrete/cost/lane_evaluator.hpp"
#include "discrete/proposals/moves.hpp"
#include "discrete_support.hpp"
#include "soft/optimizer.hpp"
#include "soft_support.hpp"

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/builtin_tasks.hpp>

namespace nram {
namespace {

// Calls the function on the slowest instruction set first, then on each of the others.
void on_each_instruction_set(const std::function<void(bool first)>& function) {
  const auto names = instruction_sets();
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    CAPTURE(std::string(*name));
    use_instruction_set(*name);
    function(name == names.rbegin());
  }
}

// In relation to the norm.
template <typename T>
double distance(const std::vector<T>& a, const std::vector<T>& b) {
  REQUIRE(a.size() == b.size());
  double difference = 0.0;
  double norm = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference += std::pow(double{a[i]} - double{b[i]}, 2);
    norm += std::pow(double{a[i]}, 2);
  }
  REQUIRE(norm > 0.0);
  return std::sqrt(difference / norm);
}

TEST_CASE("an instruction set is chosen by its name") {
  const auto names = instruction_sets();
  REQUIRE(!names.empty());
  CHECK_NOTHROW(use_instruction_set(names.back()));
  CHECK_NOTHROW(use_instruction_set(names.front()));
  CHECK(instruction_sets() == names);  // whatever is in use
  try {
    use_instruction_set("mmx");
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    const std::string text = error.what();
    CHECK(text.find("\"mmx\"") != std::string::npos);
    CHECK(text.find(names.front()) != std::string::npos);
  }
}

TEST_CASE("the lane evaluator finds the same on every instruction set") {
  using namespace discrete;
  Random random(3);
  Penalties with_features;
  with_features.features = 0.5;
  for (const unsigned states : {1U, 4U}) {
    for (const Penalties& penalties : {Penalties{}, with_features}) {
      const Machine machine = Machine::standard(4);
      const Moves moves(machine, states);
      std::vector<Candidate> candidates;
      for (int i = 0; i < 200; ++i) {
        candidates.push_back(moves.random_candidate(random));
      }
      const std::vector<TestCase> examples = draw(builtin_tasks()[3], random);
      const ExampleBatch batch(examples, machine.registers());
      std::vector<LaneResult> wanted;
      std::vector<std::vector<std::uint64_t>> missed;
      on_each_instruction_set([&](bool first) {
        LaneEvaluator evaluator(machine, states, penalties);
        for (std::size_t i = 0; i < candidates.size(); ++i) {
          const LaneResult result = evaluator.evaluate(candidates[i], batch);
          const std::vector<std::uint64_t> missing(evaluator.missed().begin(),
                                                   evaluator.missed().end());
          if (first) {
            wanted.push_back(result);
            missed.push_back(missing);
            continue;
          }
          // Penalties are sums of floating-point products, which may be rounded once or twice.
          REQUIRE(result.cost == doctest::Approx(wanted[i].cost).epsilon(1e-6));
          REQUIRE(result.rows == wanted[i].rows);
          REQUIRE(result.wrong == wanted[i].wrong);
          REQUIRE(result.steps == wanted[i].steps);
          REQUIRE(result.longest == wanted[i].longest);
          REQUIRE(result.rejected == wanted[i].rejected);
          REQUIRE(missing == missed[i]);
        }
      });
    }
  }
}

template <typename T>
void check_soft_machine(double tolerance) {
  Random random(4);
  const Machine machine = Machine::standard(3);
  const LaneGroup group = soft_test::random_group(7, 6, 3, 16, random);
  CostSettings settings;
  settings.entropy_bonus = 0.3;
  settings.gini = 0.2;
  for (const std::string kind : {"network", "LSTM", "automaton"}) {
    CAPTURE(kind);
    std::vector<T> parameters;
    std::vector<T> wanted;
    double wanted_cost = 0.0;
    on_each_instruction_set([&](bool first) {
      const soft::Functions<T>& functions = soft::functions<T>();
      const auto engine =
          kind == "automaton"
              ? functions.automaton_engine(machine, 3)
              : functions.engine(
                    machine,
                    {kind == "LSTM" ? ControllerKind::lstm : ControllerKind::feed_forward, {9}});
      if (first) {
        parameters = soft_test::random_parameters<T>(engine->parameters(), 0.7, random);
      }
      soft::Tape<T> tape;
      const double cost = soft_test::total_cost(*engine, parameters, group, settings, tape);
      const std::vector<T> gradient =
          soft_test::gradient_of(*engine, parameters, group, settings, tape);
      if (first) {
        wanted = gradient;
        wanted_cost = cost;
      }
      CHECK(cost == doctest::Approx(wanted_cost).epsilon(tolerance));
      CHECK(distance(wanted, gradient) < tolerance);
    });
  }
}

TEST_CASE("the soft machine finds the same cost and gradient on every instruction set") {
  check_soft_machine<float>(1e-5);
  check_soft_machine<double>(1e-13);
}

TEST_CASE("the optimiser takes the same step on every instruction set") {
  Random random(5);
  const std::vector<float> gradient = soft_test::random_parameters<float>(77, 1.0, random);
  std::vector<float> wanted;
  on_each_instruction_set([&](bool first) {
    std::vector<float> clipped = gradient;
    clip_elements(clipped, 1.5F);
    clip_norm(clipped, 3.0);
    std::vector<float> parameters(gradient.size(), 0.5F);
    Adam adam(parameters.size(), {});
    adam.step(parameters, clipped);
    adam.step(parameters, clipped);
    if (first) {
      wanted = parameters;
    }
    CHECK(distance(wanted, parameters) < 1e-6);
  });
}

}  // namespace
}  // namespace nram
