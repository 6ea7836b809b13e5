// The soft machine as a whole, through its public interface: the cost against its definition,
// probabilities, lanes, threads, precision.

#include "soft_support.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include <nram/engine/error.hpp>

namespace nram {
namespace {

using soft_test::all_terms;
using soft_test::gradient_of;
using soft_test::lanes;
using soft_test::random_group;
using soft_test::random_parameters;

const ControllerShape controllers[] = {
    {ControllerKind::feed_forward, {}},
    {ControllerKind::feed_forward, {8}},
    {ControllerKind::feed_forward, {6, 5}, Activation::tanh},
    {ControllerKind::lstm, {6}},
};

std::vector<LaneGroup> random_batch(unsigned registers, Random& random) {
  std::vector<LaneGroup> batch;
  for (const auto& [modulus, steps, used] :
       {std::tuple{5U, 4U, 16U}, {3U, 6U, 16U}, {9U, 2U, 7U}, {5U, 3U, 16U}, {7U, 5U, 1U}}) {
    batch.push_back(random_group(modulus, steps, registers, used, random));
  }
  return batch;
}

// The cost of one lane by the definition in CostSettings, from what the trace reports.
double cost_by_definition(const std::vector<SoftStep>& steps, const LaneGroup& group, unsigned lane,
                          const SelectorLayout& layout, const CostSettings& settings) {
  double cost = 0.0;
  double entropy = 0.0;
  double gini = 0.0;
  std::vector<Selector> selectors = layout.arguments;
  selectors.insert(selectors.end(), layout.registers.begin(), layout.registers.end());
  for (std::size_t t = 0; t < steps.size(); ++t) {
    double loss = settings.ponder_cost * static_cast<double>(t + 1);
    for (unsigned i = 0; i < group.modulus; ++i) {
      const std::size_t at = i * lanes + lane;
      const double p = steps[t].memory[i * group.modulus + group.expected[at]];
      loss -= static_cast<double>(group.weight[at]) * std::log(std::max(p, settings.log_floor));
    }
    cost += static_cast<double>(steps[t].share) * loss;
    for (const Selector& selector : selectors) {
      double squares = 0.0;
      for (unsigned c = 0; c < selector.size; ++c) {
        const double p = steps[t].selectors[selector.first + c];
        entropy -= p > 0 ? p * std::log(p) : 0.0;
        squares += p * p;
      }
      gini += 1.0 - squares;
    }
  }
  const double mean = 1.0 / static_cast<double>(steps.size() * selectors.size());
  return static_cast<double>(group.scale[lane]) *
         (cost - settings.entropy_bonus * mean * entropy + settings.gini * mean * gini);
}

TEST_CASE("the cost is what its definition says") {
  Random random(1);
  for (const ControllerShape& controller : controllers) {
    const Machine machine = Machine::standard(3);
    const SoftMachine soft(machine, controller);
    const auto parameters = random_parameters<float>(soft.parameters(), 1.0, random);
    const LaneGroup group = random_group(6, 4, 3, 5, random);
    SoftWorkspace workspace;
    const CostResult result = soft.cost(parameters, {&group, 1}, all_terms(), workspace);
    const GroupResult figures = result.groups[0];
    double sum = 0.0;
    for (unsigned lane = 0; lane < 5; ++lane) {
      const auto steps = soft.trace(parameters, group, lane, workspace);
      CHECK(figures.cost[lane] ==
            doctest::Approx(
                cost_by_definition(steps, group, lane, SelectorLayout(machine), all_terms()))
                .epsilon(1e-4));
      sum += figures.cost[lane];
    }
    CHECK(result.cost == doctest::Approx(sum));
    CHECK(result.finite);
  }
}

TEST_CASE("probabilities are conserved, and p_t follows from f_t") {
  Random random(2);
  for (const ControllerShape& controller : controllers) {
    const SoftMachine soft(Machine::standard(3), controller);
    const auto parameters = random_parameters<float>(soft.parameters(), 1.0, random);
    const LaneGroup group = random_group(7, 30, 3, 2, random);
    SoftWorkspace workspace;
    const auto steps = soft.trace(parameters, group, 1, workspace);
    double total = 0.0;
    double alive = 1.0;
    for (std::size_t t = 0; t < steps.size(); ++t) {
      const SoftStep& step = steps[t];
      const double wanted = t + 1 < steps.size() ? alive * double{step.finish} : alive;
      CHECK(double{step.share} == doctest::Approx(wanted).epsilon(1e-5));
      alive *= 1.0 - double{step.finish};
      total += double{step.share};
      for (const auto& distributions : {step.memory, step.registers}) {
        for (std::size_t i = 0; i < distributions.size(); i += 7) {
          const auto first = distributions.begin() + static_cast<std::ptrdiff_t>(i);
          CHECK(std::accumulate(first, first + 7, 0.0) == doctest::Approx(1.0).epsilon(2e-5));
          CHECK(*std::min_element(first, first + 7) >= 0.0F);
        }
      }
    }
    CHECK(total == doctest::Approx(1.0).epsilon(1e-6));
  }
}

TEST_CASE("accuracy and expected steps agree with the trace") {
  Random random(3);
  const SoftMachine soft(Machine::standard(2), controllers[1]);
  const auto parameters = random_parameters<float>(soft.parameters(), 3.0, random);
  LaneGroup group = random_group(6, 5, 2, 16, random);
  SoftWorkspace workspace;
  unsigned right = 0;
  unsigned cells = 0;
  std::vector<unsigned> right_of(lanes);
  std::vector<double> steps_of(lanes);
  for (unsigned lane = 0; lane < lanes; ++lane) {
    std::vector<float> mixture(36);
    const auto steps = soft.trace(parameters, group, lane, workspace);
    for (std::size_t t = 0; t < steps.size(); ++t) {
      steps_of[lane] += static_cast<double>(t + 1) * double{steps[t].share};
      for (std::size_t i = 0; i < mixture.size(); ++i) {
        mixture[i] += steps[t].share * steps[t].memory[i];
      }
    }
    const auto values = SoftStep::most_probable(mixture, 6);
    for (unsigned i = 0; i < 6; ++i) {
      // Half of the expected values are made right, so that both outcomes occur.
      const std::size_t at = i * lanes + lane;
      if (random.chance(0.5)) {
        group.expected[at] = static_cast<std::uint16_t>(values[i]);
      }
      if (group.is_result[at] != 0) {
        ++cells;
        right_of[lane] += group.expected[at] == values[i] ? 1U : 0U;
      }
    }
    right += right_of[lane];
  }
  const CostResult result = soft.cost(parameters, {&group, 1}, {}, workspace);
  for (unsigned lane = 0; lane < lanes; ++lane) {
    CHECK(result.groups[0].right_cells[lane] == right_of[lane]);
    CHECK(result.groups[0].expected_steps[lane] == doctest::Approx(steps_of[lane]));
  }
  CHECK(right > 0);
  CHECK(right < cells);
  CHECK(result.accuracy == doctest::Approx(static_cast<double>(right) / cells));

  group.scale[3] = 0.0F;  // the mean is over the lanes in use
  const double all = std::accumulate(steps_of.begin(), steps_of.end(), 0.0);
  CHECK(soft.cost(parameters, {&group, 1}, {}, workspace).expected_steps ==
        doctest::Approx((all - steps_of[3]) / 15));
}

TEST_CASE("single precision agrees with double precision") {
  Random random(4);
  for (const ControllerShape& controller : controllers) {
    const Machine machine = Machine::standard(3);
    const auto single = soft::functions<float>().engine(machine, controller);
    const auto exact = soft::functions<double>().engine(machine, controller);
    const auto parameters = random_parameters<float>(single->parameters(), 0.7, random);
    const std::vector<double> parameters64(parameters.begin(), parameters.end());
    const LaneGroup group = random_group(7, 6, 3, 16, random);
    soft::Tape<float> tape;
    soft::Tape<double> tape64;
    const auto gradient = gradient_of(*single, parameters, group, all_terms(), tape);
    const auto gradient64 = gradient_of(*exact, parameters64, group, all_terms(), tape64);
    double difference = 0.0;
    double norm = 0.0;
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      difference += std::pow(double{gradient[i]} - gradient64[i], 2);
      norm += std::pow(gradient64[i], 2);
    }
    CHECK(norm > 0.01);
    CHECK(std::sqrt(difference / norm) < 1e-5);
  }
}

TEST_CASE("the gradient is the same bits whatever the number of threads" *
          doctest::test_suite("parallel")) {
  Random random(5);
  const SoftMachine soft(Machine::standard(3), controllers[1]);
  const auto parameters = random_parameters<float>(soft.parameters(), 0.7, random);
  std::vector<LaneGroup> batch;
  for (int i = 0; i < 4; ++i) {
    for (LaneGroup& group : random_batch(3, random)) {
      batch.push_back(std::move(group));
    }
  }
  SoftWorkspace serial;
  std::vector<float> wanted(parameters.size());
  const double cost = soft.cost_and_gradient(parameters, batch, all_terms(), serial, wanted).cost;
  CHECK(std::any_of(wanted.begin(), wanted.end(), [](float g) { return g != 0.0F; }));

  const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism, 4);
  for (const int threads : {1, 2, 4}) {
    tbb::task_arena arena(threads);
    SoftWorkspace parallel(true);
    for (int repeat = 0; repeat < 5; ++repeat) {
      std::vector<float> gradient(parameters.size());
      double again = 0.0;
      arena.execute([&] {
        again = soft.cost_and_gradient(parameters, batch, all_terms(), parallel, gradient).cost;
      });
      CHECK(again == cost);
      CHECK(gradient == wanted);
    }
  }
}

TEST_CASE("a workspace remembers nothing") {
  Random random(6);
  const SoftMachine soft(Machine::standard(2), controllers[3]);
  const auto parameters = random_parameters<float>(soft.parameters(), 0.7, random);
  const std::vector<LaneGroup> batch = random_batch(2, random);
  const SoftMachine other(Machine::standard(4), controllers[1]);
  const auto other_parameters = random_parameters<float>(other.parameters(), 0.7, random);
  std::vector<float> other_gradient(other.parameters());
  SoftWorkspace used;
  other.cost_and_gradient(other_parameters, random_batch(4, random), all_terms(), used,
                          other_gradient);
  SoftWorkspace fresh;
  std::vector<float> wanted(soft.parameters());
  std::vector<float> gradient(soft.parameters(), 17.0F);
  soft.cost_and_gradient(parameters, batch, {}, fresh, wanted);
  soft.cost_and_gradient(parameters, batch, {}, used, gradient);
  CHECK(gradient == wanted);
}

TEST_CASE("an unused lane contributes nothing, whatever is in it") {
  Random random(7);
  const SoftMachine soft(Machine::standard(2), controllers[2]);
  const auto parameters = random_parameters<float>(soft.parameters(), 0.7, random);
  const LaneGroup clean = random_group(5, 4, 2, 9, random);
  LaneGroup dirty = random_group(5, 4, 2, 16, random);
  const auto copy_lanes = [](const auto& from, auto& to) {
    for (std::size_t i = 0; i < from.size(); ++i) {
      to[i] = i % lanes < 9 ? from[i] : to[i];
    }
  };
  copy_lanes(clean.initial_memory, dirty.initial_memory);
  copy_lanes(clean.initial_registers, dirty.initial_registers);
  copy_lanes(clean.expected, dirty.expected);
  copy_lanes(clean.weight, dirty.weight);
  copy_lanes(clean.is_result, dirty.is_result);
  dirty.scale = clean.scale;

  SoftWorkspace workspace;
  std::vector<float> wanted(soft.parameters());
  std::vector<float> gradient(soft.parameters());
  const GroupResult a =
      soft.cost_and_gradient(parameters, {&clean, 1}, all_terms(), workspace, wanted).groups[0];
  const CostResult all =
      soft.cost_and_gradient(parameters, {&dirty, 1}, all_terms(), workspace, gradient);
  CHECK(gradient == wanted);
  CHECK(all.groups[0].cost == a.cost);
  CHECK(all.groups[0].result_cells == a.result_cells);
  CHECK(all.groups[0].result_cells[9] == 0);
  CHECK(all.groups[0].expected_steps[9] == 0.0);
}

TEST_CASE("a cell of weight 0 does not count") {
  Random random(8);
  const SoftMachine soft(Machine::standard(2), controllers[1]);
  const auto parameters = random_parameters<float>(soft.parameters(), 0.7, random);
  LaneGroup group = random_group(5, 4, 2, 16, random);
  group.weight[3 * lanes + 2] = 0.0F;
  group.weight[3 * lanes + 3] = 1.0F;
  SoftWorkspace workspace;
  const auto cost_of_lanes = [&] {
    return soft.cost(parameters, {&group, 1}, {}, workspace).groups[0].cost;
  };
  const auto before = cost_of_lanes();
  for (const unsigned lane : {2U, 3U}) {
    std::uint16_t& expected = group.expected[3 * lanes + lane];
    expected = static_cast<std::uint16_t>((expected + 1U) % 5U);
  }
  const auto after = cost_of_lanes();
  CHECK(before[2] == after[2]);
  CHECK(before[3] != after[3]);
}

TEST_CASE("NaN is noticed") {
  Random random(9);
  const SoftMachine soft(Machine::standard(2), controllers[1]);
  auto parameters = random_parameters<float>(soft.parameters(), 0.7, random);
  const LaneGroup group = random_group(5, 4, 2, 16, random);
  SoftWorkspace workspace;
  std::vector<float> gradient(soft.parameters());
  CHECK(soft.cost_and_gradient(parameters, {&group, 1}, {}, workspace, gradient).finite);
  parameters[3] = std::numeric_limits<float>::quiet_NaN();
  CHECK_FALSE(soft.cost(parameters, {&group, 1}, {}, workspace).finite);
  const CostResult result =
      soft.cost_and_gradient(parameters, {&group, 1}, {}, workspace, gradient);
  CHECK_FALSE(result.finite);
  CHECK_FALSE(result.groups[0].finite);
}

TEST_CASE("a gradient that overflows is noticed though the cost is finite") {
  Random random(13);
  const SoftMachine soft(Machine::standard(2), controllers[1]);
  const auto parameters = random_parameters<float>(soft.parameters(), 3.0, random);
  std::vector<LaneGroup> batch(2, random_group(5, 4, 2, 16, random));
  batch[1].scale.fill(1e36F);
  SoftWorkspace workspace;
  std::vector<float> gradient(soft.parameters());
  CHECK(soft.cost(parameters, batch, {}, workspace).finite);
  const CostResult result = soft.cost_and_gradient(parameters, batch, {}, workspace, gradient);
  CHECK_FALSE(result.finite);
  CHECK(result.groups[0].finite);
  CHECK_FALSE(result.groups[1].finite);
}

TEST_CASE("gradient descent lowers the cost") {
  Random random(10);
  const SoftMachine soft(Machine::standard(2), controllers[1]);
  auto parameters = random_parameters<float>(soft.parameters(), 0.3, random);
  const std::vector<LaneGroup> batch = random_batch(2, random);
  SoftWorkspace workspace;
  std::vector<float> gradient(soft.parameters());
  double before = soft.cost(parameters, batch, {}, workspace).cost;
  for (int i = 0; i < 20; ++i) {
    soft.cost_and_gradient(parameters, batch, {}, workspace, gradient);
    double norm = 0.0;
    for (const float g : gradient) {
      norm += double{g} * double{g};
    }
    for (std::size_t k = 0; k < gradient.size(); ++k) {
      parameters[k] -= static_cast<float>(0.01 / std::sqrt(norm)) * gradient[k];
    }
    const double now = soft.cost(parameters, batch, {}, workspace).cost;
    CHECK(now < before);
    before = now;
  }
}

TEST_CASE("what does not fit is refused") {
  const SoftMachine soft(Machine::standard(2), controllers[1]);
  SoftWorkspace workspace;
  std::vector<float> parameters(soft.parameters());
  std::vector<float> gradient(soft.parameters() - 1);
  const LaneGroup wrong(5, 4, 3);
  const LaneGroup right(5, 4, 2);
  CHECK_THROWS_AS(soft.cost(parameters, {&wrong, 1}, {}, workspace), Error);
  CHECK_THROWS_AS(soft.cost(gradient, {&right, 1}, {}, workspace), Error);
  CHECK_THROWS_AS(soft.cost_and_gradient(parameters, {&right, 1}, {}, workspace, gradient), Error);
  CHECK_THROWS_AS(SoftMachine(Machine::standard(2), {ControllerKind::lstm, {}}), Error);
  CHECK(soft.cost(parameters, {}, {}, workspace).cost == 0.0);
}

}  // namespace
}  // namespace nram
