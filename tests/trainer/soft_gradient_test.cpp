// The hand-written backward pass against central finite differences, in double precision.

#include "soft_support.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace nram {
namespace {

using soft_test::gradient_of;
using soft_test::random_group;
using soft_test::random_parameters;
using soft_test::total_cost;

struct Case {
  std::string name;
  Machine machine;
  ControllerShape controller;
  unsigned modulus;
  unsigned steps;
  CostSettings settings{};
  unsigned states = 0;  // of a differentiable automaton instead of the controller
};

std::unique_ptr<const soft::SoftEngine<double>> engine_of(const Case& test) {
  const auto& functions = soft::functions<double>();
  return test.states == 0 ? functions.engine(test.machine, test.controller)
                          : functions.automaton_engine(test.machine, test.states);
}

CostSettings all_terms_renormalised() {
  CostSettings settings;
  settings.ponder_cost = 0.3;
  settings.entropy_bonus = 0.7;
  settings.gini = 0.4;
  settings.renormalise = true;
  return settings;
}

Machine extended_machine(unsigned registers, const std::vector<std::string>& names) {
  ModuleTable table = ModuleTable::standard();
  table.add({"MUL", Opcode::custom, 2, [](Word a, Word b, Modulus m) { return m.reduce(a * b); },
             "a * b"});
  table.add({"HALF", Opcode::custom, 1, [](Word a, Word, Modulus) { return a / 2; }, "a / 2"});
  table.add({"THREE", Opcode::custom, 0, [](Word, Word, Modulus m) { return m.reduce(3); }, "3"});
  std::vector<Module> modules;
  for (const std::string& name : names) {
    const bool primed = name.ends_with('\'');
    modules.push_back(*table.find(std::string_view(name).substr(0, name.size() - primed)));
    modules.back().name = name;
  }
  return {registers, modules};
}

std::vector<Case> cases() {
  const auto ff = [](std::vector<unsigned> hidden, Activation activation) {
    return ControllerShape{ControllerKind::feed_forward, std::move(hidden), activation};
  };
  const ControllerShape lstm{ControllerKind::lstm, {5}};
  CostSettings high_floor;  // a good part of the cells lies below it
  high_floor.log_floor = 0.2;
  CostSettings steps_only;
  steps_only.ponder_cost = 0.3;
  CostSettings entropy_only;
  entropy_only.entropy_bonus = 0.5;
  CostSettings gini_only;
  gini_only.gini = 0.5;
  CostSettings marginal;
  marginal.form = CostForm::marginal;
  CostSettings marginal_at_any_time = all_terms_renormalised();
  marginal_at_any_time.form = CostForm::marginal;
  marginal_at_any_time.any_time = 0.2;
  marginal_at_any_time.log_floor = 0.05;
  return {
      {"no hidden layer", Machine::standard(2), ff({}, Activation::relu), 5, 3},
      {"tanh", Machine::standard(3), ff({6}, Activation::tanh), 6, 4},
      {"relu", Machine::standard(2), ff({19}, Activation::relu), 4, 3},
      {"two tanh layers", Machine::standard(1), ff({9, 4}, Activation::tanh), 7, 2},
      {"two relu layers", Machine::standard(4), ff({5, 35}, Activation::relu), 3, 3},
      {"LSTM", Machine::standard(2), lstm, 5, 4},
      {"LSTM, one step", Machine::standard(2), lstm, 5, 1},
      {"one step", Machine::standard(5), ff({4}, Activation::tanh), 5, 1},
      {"modulus 2", Machine::standard(2), ff({4}, Activation::tanh), 2, 3},
      {"modulus 13", Machine::standard(2), ff({3}, Activation::tanh), 13, 3},
      {"floor of the logarithm", Machine::standard(2), ff({4}, Activation::tanh), 4, 4, high_floor},
      {"price of steps", Machine::standard(2), ff({4}, Activation::tanh), 4, 4, steps_only},
      {"entropy", Machine::standard(2), ff({4}, Activation::tanh), 4, 3, entropy_only},
      {"gini", Machine::standard(2), ff({4}, Activation::tanh), 4, 3, gini_only},
      {"all terms", Machine::standard(3), ff({4}, Activation::tanh), 5, 4,
       all_terms_renormalised()},
      {"all terms, LSTM", Machine::standard(3), lstm, 5, 3, all_terms_renormalised()},
      {"marginal", Machine::standard(2), ff({4}, Activation::tanh), 4, 4, marginal},
      {"all terms, marginal", Machine::standard(2), ff({4}, Activation::tanh), 4, 4,
       marginal_at_any_time},
      {"automaton", Machine::standard(2), {}, 5, 4, {}, 3},
      {"automaton, one state", Machine::standard(3), {}, 4, 3, {}, 1},
      {"automaton, all terms", Machine::standard(3), {}, 5, 4, all_terms_renormalised(), 2},
      {"automaton, two rounds",
       extended_machine(2, {"READ'", "INC'", "MUL'", "READ", "INC", "MUL", "WRITE"}),
       {},
       5,
       4,
       marginal,
       2},
      {"automaton, marginal", Machine::standard(2), {}, 5, 5, marginal_at_any_time, 4},
      {"READ after WRITE, custom modules",
       extended_machine(2, {"ONE", "MUL", "WRITE", "HALF", "READ", "THREE", "SUB"}),
       ff({4}, Activation::tanh), 6, 4, all_terms_renormalised()},
      {"no WRITE", extended_machine(2, {"READ", "INC"}), ff({4}, Activation::tanh), 5, 3,
       all_terms_renormalised()},
      {"constants, two of them beyond the modulus",
       extended_machine(2, {"READ", "CONST(3)", "CONST(5)", "ADD", "CONST(100)", "MIN", "WRITE"}),
       ff({4}, Activation::tanh), 5, 3, all_terms_renormalised()},
      {"automaton, constants",
       extended_machine(2, {"READ", "CONST(3)", "CONST(7)", "ADD", "EQ", "WRITE"}),
       {},
       5,
       3,
       {},
       2},
      {"no modules with arguments", extended_machine(2, {"ONE"}), ff({4}, Activation::tanh), 5, 3},
  };
}

TEST_CASE("the gradient agrees with finite differences") {
  Random random(7);
  for (const Case& test : cases()) {
    CAPTURE(test.name);
    const auto made = engine_of(test);
    const soft::SoftEngine<double>& engine = *made;
    const LaneGroup group =
        random_group(test.modulus, test.steps, test.machine.registers(), 3, random);
    std::vector<double> parameters = random_parameters<double>(engine.parameters(), 0.7, random);
    soft::Tape<double> tape;
    const std::vector<double> gradient =
        gradient_of(engine, parameters, group, test.settings, tape);

    // All parameters of small machines, a random choice of about 150 of large ones.
    const double chance = 150.0 / static_cast<double>(parameters.size());
    double largest = 0.0;
    double worst = 0.0;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (!random.chance(chance)) {
        continue;
      }
      const double kept = parameters[i];
      const double h = 3e-4;
      const auto cost_at = [&](double value) {
        parameters[i] = value;
        return total_cost(engine, parameters, group, test.settings, tape);
      };
      // Fourth order: the error of the differences is far below the tolerance.
      const double slope = (8 * (cost_at(kept + h) - cost_at(kept - h)) -
                            (cost_at(kept + 2 * h) - cost_at(kept - 2 * h))) /
                           (12 * h);
      parameters[i] = kept;
      largest = std::max(largest, std::abs(slope));
      worst = std::max(worst, std::abs(slope - gradient[i]) / std::max(1e-3, std::abs(slope)));
    }
    CHECK(worst <= 1e-6);
    if (test.machine.modules().size() > 2) {
      CHECK(largest > 1e-3);  // otherwise the comparison would say nothing
    }
  }
}

}  // namespace
}  // namespace nram
