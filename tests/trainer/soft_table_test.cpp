// What a model says under each zero-mask, as a table.

#include "soft/soft_table.hpp"

#include "random_model.hpp"
#include "soft_support.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <nram/trainer/builtin_tasks.hpp>

using namespace nram;

TEST_CASE("a table as a model says under each mask what the table does") {
  Random random(5);
  const Model model = random_model(random);
  const std::vector<float> table = soft_table(model);
  const Model same = model_of_table(model.machine(), table);
  const std::vector<float> again = soft_table(same);
  REQUIRE(again.size() == table.size());
  for (std::size_t i = 0; i < table.size(); ++i) {
    CHECK(again[i] == doctest::Approx(table[i]).epsilon(1e-5));
  }
}

namespace {

std::vector<Selector> selectors_of(const SelectorLayout& layout) {
  std::vector<Selector> selectors = layout.arguments;
  selectors.insert(selectors.end(), layout.registers.begin(), layout.registers.end());
  return selectors;
}

void soften(std::vector<double>& p) {
  const auto top = std::max_element(p.begin(), p.end());
  double total = 0.0;
  for (const double x : p) {
    total += x;
  }
  for (auto x = p.begin(); x != p.end(); ++x) {
    *x = (x == top ? 0.9 : 0.0) + 0.05 * (*x / total + 1.0 / static_cast<double>(p.size()));
  }
}

// The softened distributions of a table, by row and output; of finishing its probability.
std::vector<double> softened(const Machine& machine, const std::vector<float>& table) {
  const SelectorLayout layout(machine);
  std::vector<double> soft(table.size());
  for (std::size_t row = 0; row < machine.masks(); ++row) {
    const std::size_t first = row * layout.outputs;
    for (const Selector& selector : selectors_of(layout)) {
      std::vector<double> p;
      p.reserve(selector.size);
      for (unsigned k = 0; k < selector.size; ++k) {
        p.push_back(std::exp(double{table[first + selector.first + k]}));
      }
      soften(p);
      std::copy(p.begin(), p.end(),
                soft.begin() + static_cast<std::ptrdiff_t>(first + selector.first));
    }
    std::vector<double> p = {1.0, std::exp(double{table[first + layout.finish]})};
    soften(p);
    soft[first + layout.finish] = p[1];
  }
  return soft;
}

double cost_of_table(const Machine& machine, const std::vector<double>& probabilities,
                     const std::vector<LaneGroup>& batch, const CostSettings& cost) {
  const SelectorLayout layout(machine);
  std::vector<float> logits(probabilities.size());
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const double p = probabilities[i];
    const bool finish = i % layout.outputs == layout.finish;
    logits[i] = static_cast<float>(finish ? std::log(p / (1.0 - p)) : std::log(p));
  }
  const Model model = model_of_table(machine, logits);
  const auto engine = soft::functions<double>().engine(machine, model.controller());
  soft::Tape<double> tape;
  double total = 0.0;
  for (const LaneGroup& group : batch) {
    total += soft_test::total_cost(
        *engine, std::vector<double>(model.parameters().begin(), model.parameters().end()), group,
        cost, tape);
  }
  return total;
}

}  // namespace

// By moving a little probability to each choice of a row, from all choices of its selector.
TEST_CASE("what the cost's gradient has to say are its slopes") {
  const Machine machine = Machine::standard(2);
  const SelectorLayout layout(machine);
  Random random(17);
  std::vector<float> table(machine.masks() * std::size_t{layout.outputs});
  for (float& logit : table) {
    logit = static_cast<float>(random.normal());
  }
  const std::vector<double> soft = softened(machine, table);
  std::vector<Example> examples = find_task("access")->draw_level(1, LaneGroup::lanes, random);
  for (Example& example : examples) {  // so that runs begin in all rows
    example.registers = {random.below(2), random.below(2)};
  }
  const std::vector<LaneGroup> batch = pack_lanes(machine, examples, {});
  CostSettings cost;
  cost.ponder_cost = 0.1;
  constexpr double rate = 3.0;
  const std::vector<float> informed = informed_table(machine, table, batch, cost, rate);
  for (const std::size_t row : {0U, 3U}) {
    const std::size_t first = row * layout.outputs;
    std::vector<double> slopes(layout.outputs);
    const auto slope = [&](unsigned begin, unsigned size, unsigned k) {
      constexpr double step = 0.0001;
      const auto moved = [&](double to) {
        std::vector<double> p = soft;
        for (unsigned i = begin; i < begin + size; ++i) {
          const double goal = i == k ? 1.0 : 0.0;
          p[first + i] += to * (goal - p[first + i]);
        }
        return cost_of_table(machine, p, batch, cost);
      };
      return (moved(step) - moved(-step)) / (2.0 * step);
    };
    for (const Selector& selector : selectors_of(layout)) {
      for (unsigned k = selector.first; k < selector.first + selector.size; ++k) {
        slopes[k] = slope(selector.first, selector.size, k);
      }
    }
    // From going on to finishing.
    slopes[layout.finish] =
        slope(layout.finish, 1, layout.finish) / (1.0 - soft[first + layout.finish]);
    double squares = 0.0;
    for (const double s : slopes) {
      squares += s * s;
    }
    const double deviation = std::sqrt(squares / layout.outputs);
    REQUIRE(deviation > 1e-4);
    for (unsigned k = 0; k < layout.outputs; ++k) {
      CHECK(informed[first + k] - table[first + k] ==
            doctest::Approx(-rate * slopes[k] / deviation).epsilon(0.02).scale(rate));
    }
  }
}
