// What a trained soft model has to say in the search that repairs its program.
// Long because what is proposed, counted and replayed comes from the same small models.

#include "attempt_support.hpp"
#include "discrete/proposals/soft_proposals.hpp"
#include "portfolio/arms.hpp"
#include "soft/soft_table.hpp"
#include "soft_support.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <doctest/doctest.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/controller_eval.hpp>
#include <nram/model-io/exporter.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/train.hpp>

using namespace nram;
using namespace nram::discrete;

namespace {

constexpr unsigned small_registers = 3;
constexpr unsigned hidden = 5;

Machine small_machine() { return Machine::standard(small_registers); }

Model random_model(Random& random) {
  const ControllerShape shape{ControllerKind::feed_forward, {hidden}, Activation::relu};
  std::vector<float> parameters;
  for (const TensorShape& tensor : tensor_shapes(small_machine(), shape)) {
    for (std::size_t i = 0; i < tensor.size(); ++i) {
      parameters.push_back(static_cast<float>(random.normal()));
    }
  }
  return {small_machine(), shape, std::move(parameters)};
}

// The definition, from the tensors' places in the file format.
std::vector<double> logits_of(const Model& model, unsigned mask) {
  const SelectorLayout layout(model.machine());
  const float* weight = model.parameters().data();
  const float* bias = weight + hidden * small_registers;
  const float* selectors_weight = bias + hidden;
  const float* selectors_bias = selectors_weight + layout.outputs * hidden;
  std::vector<double> logits;
  for (unsigned s = 0; s < layout.outputs; ++s) {
    double logit = selectors_bias[s];
    for (unsigned h = 0; h < hidden; ++h) {
      double x = bias[h];
      for (unsigned r = 0; r < small_registers; ++r) {
        x += ((mask >> r) & 1U) != 0 ? weight[h * small_registers + r] : 0.0F;
      }
      logit += x > 0.0 ? x * selectors_weight[s * hidden + h] : 0.0;
    }
    logits.push_back(logit);
  }
  return logits;
}

// Modules whose output reaches a register or the memory; by trial: their output is replaced.
std::set<unsigned> used_modules(const Machine& machine, const Wiring& wiring) {
  std::set<unsigned> used;
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    if (machine.modules()[q].opcode == Opcode::write) {
      used.insert(q);
    }
    for (unsigned r = 0; r < machine.registers(); ++r) {
      if (wiring.registers[r] == machine.output_of(q)) {
        used.insert(q);
      }
    }
  }
  for (bool grown = true; grown;) {
    grown = false;
    for (const unsigned user : std::set(used)) {
      for (unsigned i = 0; i < machine.modules()[user].arity; ++i) {
        const unsigned source = wiring.arguments[machine.first_argument(user) + i];
        grown =
            (source >= machine.registers() && used.insert(source - machine.registers()).second) ||
            grown;
      }
    }
  }
  return used;
}

const std::vector<Module>& standard_modules() {
  static const std::vector<Module> all = Machine::standard(1).modules();
  return all;
}

// Gives up its gradient part at once, so that repairing begins.
Settings hurried_settings() {
  Settings settings;
  settings.machine.registers = small_registers;
  settings.controller.hidden = 8;
  settings.optimizer.batch = 16;
  settings.curriculum.iterations = 25;
  settings.portfolio.annealing = false;
  settings.repair.candidates = 4000;
  settings.annealing.polish_candidates = 0;
  settings.portfolio.joint = true;
  return settings;
}

// All rows choose r0 everywhere and go on.
std::vector<float> decided_table(const Machine& machine) {
  const SelectorLayout layout(machine);
  std::vector<float> table(machine.masks() * std::size_t{layout.outputs}, 0.0F);
  for (unsigned row = 0; row < machine.masks(); ++row) {
    float* logits = table.data() + row * std::size_t{layout.outputs};
    for (const auto* selectors : {&layout.arguments, &layout.registers}) {
      for (const Selector& selector : *selectors) {
        logits[selector.first] = 60.0F;
      }
    }
    logits[layout.finish] = -60.0F;
  }
  return table;
}

}  // namespace

TEST_CASE("proposals follow the softmax of the model's controller under each mask") {
  Random random(3);
  const Model model = random_model(random);
  const Machine& machine = model.machine();
  const SelectorLayout layout(machine);
  SoftProposalSettings settings;
  settings.temperature = 1.5;
  settings.floor = 0.01;
  const SoftProposals proposals(machine, soft_table(model), settings);
  REQUIRE(proposals.selectors() == machine.arguments() + small_registers + 1);
  for (const unsigned mask : {0U, 3U, 6U, 7U}) {
    const std::vector<double> logits = logits_of(model, mask);
    for (unsigned s = 0; s < proposals.selectors(); ++s) {
      std::vector<double> own = {0.0, logits[layout.finish]};
      if (s + 1 < proposals.selectors()) {
        const Selector selector = s < machine.arguments()
                                      ? layout.arguments[s]
                                      : layout.registers[s - machine.arguments()];
        own.assign(logits.begin() + selector.first,
                   logits.begin() + selector.first + selector.size);
      }
      double tempered = 0.0;
      double plain = 0.0;
      double largest = 0.0;
      for (const double logit : own) {
        tempered += std::exp(logit / settings.temperature);
        plain += std::exp(logit);
        largest = std::max(largest, std::exp(logit));
      }
      const auto distribution = proposals.distribution(mask, s);
      REQUIRE(distribution.size() == own.size());
      for (std::size_t i = 0; i < own.size(); ++i) {
        CHECK(distribution[i] ==
              doctest::Approx(std::exp(own[i] / settings.temperature) / tempered).epsilon(1e-4));
      }
      CHECK(proposals.uncertainty(mask, s) ==
            doctest::Approx(std::max(settings.floor, 1.0 - largest / plain)).epsilon(1e-4));
    }
  }
}

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

// By moving a little probability to each choice of a row, from all choices of its selector.
TEST_CASE("what the cost's gradient has to say are its slopes") {
  const Machine machine = Machine::standard(2);
  const SelectorLayout layout(machine);
  Random random(17);
  std::vector<float> table(machine.masks() * std::size_t{layout.outputs});
  for (float& logit : table) {
    logit = static_cast<float>(random.normal());
  }
  std::vector<Selector> selectors = layout.arguments;
  selectors.insert(selectors.end(), layout.registers.begin(), layout.registers.end());
  const auto soften = [](std::vector<double>& p) {
    const auto top = std::max_element(p.begin(), p.end());
    double total = 0.0;
    for (const double x : p) {
      total += x;
    }
    for (auto x = p.begin(); x != p.end(); ++x) {
      *x = (x == top ? 0.9 : 0.0) + 0.05 * (*x / total + 1.0 / static_cast<double>(p.size()));
    }
  };
  // The softened distributions, by row and output; of finishing its probability.
  std::vector<double> soft(table.size());
  for (std::size_t row = 0; row < machine.masks(); ++row) {
    const std::size_t first = row * layout.outputs;
    for (const Selector& selector : selectors) {
      std::vector<double> p;
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
  std::vector<Example> examples = find_task("access")->draw_level(1, LaneGroup::lanes, random);
  for (Example& example : examples) {  // so that runs begin in all rows
    example.registers = {random.below(2), random.below(2)};
  }
  const std::vector<LaneGroup> batch = pack_lanes(machine, examples, {});
  CostSettings cost;
  cost.ponder_cost = 0.1;
  const auto cost_of = [&](const std::vector<double>& probabilities) {
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
  };
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
        return cost_of(p);
      };
      return (moved(step) - moved(-step)) / (2.0 * step);
    };
    for (const Selector& selector : selectors) {
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

TEST_CASE("a proposal is another choice for one selector of a row that was meant") {
  Random random(7);
  unsigned finishes = 0;
  unsigned choices = 0;
  for (int trial = 0; trial < 20; ++trial) {
    const Model model = random_model(random);
    const Machine& machine = model.machine();
    const SoftProposals proposals(machine, soft_table(model));
    const Candidate parent = from_program(discretise(model)).value();
    const std::uint64_t visited = 1 + random.below(255);
    for (int i = 0; i < 300; ++i) {
      Candidate child = parent;
      proposals.propose(child, visited, random);
      (void)to_program(machine, 1, child);  // checks all sources
      CHECK(child.next_state == parent.next_state);
      std::set<unsigned> changed;  // selectors
      bool meant = false;
      for (unsigned row = 0; row < machine.masks(); ++row) {
        const bool is_visited = ((visited >> row) & 1U) != 0;
        if (child.finish[row] != parent.finish[row]) {
          CHECK(is_visited);
          ++finishes;
          changed.insert(proposals.selectors() - 1);
          meant = true;
        }
        const Wiring& before = parent.circuits[parent.circuit[row]];
        const Wiring& after = child.circuits[child.circuit[row]];
        const std::set<unsigned> used = used_modules(machine, before);
        std::set<unsigned> of_row;
        for (unsigned r = 0; r < small_registers; ++r) {
          if (before.registers[r] != after.registers[r]) {
            of_row.insert(machine.arguments() + r);
          }
        }
        for (unsigned q = 0; q < machine.modules().size(); ++q) {
          for (unsigned k = 0; k < machine.modules()[q].arity; ++k) {
            const unsigned a = machine.first_argument(q) + k;
            if (before.arguments[a] != after.arguments[a] && used.contains(q)) {
              of_row.insert(a);
            }
          }
        }
        meant = meant || (is_visited && !of_row.empty());
        changed.insert(of_row.begin(), of_row.end());
      }
      CHECK(changed.size() == 1);
      CHECK(meant);
      choices += changed.contains(proposals.selectors() - 1) ? 0 : 1;
    }
  }
  CHECK(choices > 0);
  CHECK(finishes > 0);
}

TEST_CASE(
    "a choice that is likely in one row only leaves the others that share its circuit alone") {
  const Machine machine = small_machine();
  const SelectorLayout layout(machine);
  // Only register 1 is undecided, in rows 2 and 5, where it may be r2 as well.
  std::vector<float> table = decided_table(machine);
  for (const unsigned row : {2U, 5U}) {
    table[row * std::size_t{layout.outputs} + layout.registers[1].first + 2] = 59.5F;
  }
  SoftProposalSettings settings;
  settings.floor = 0.0;
  const SoftProposals proposals(machine, table, settings);
  const Candidate parent = from_program(discretise(model_of_table(machine, table))).value();
  REQUIRE(parent.circuit_count == 1);
  Random random(1);
  for (int i = 0; i < 50; ++i) {
    Candidate child = parent;
    proposals.propose(child, 0xff, random);
    for (unsigned row = 0; row < machine.masks(); ++row) {
      const bool likely = row == 2 || row == 5;
      CHECK(child.circuits[child.circuit[row]].registers[1] == (likely ? 2 : 0));
    }
    CHECK(child.circuit_count == 2);
  }
}

TEST_CASE("choices come up as often as the model finds them likely") {
  const Machine machine = small_machine();
  const SelectorLayout layout(machine);
  std::vector<float> table = decided_table(machine);
  // Row 1: register 0 may be r1 or, half as likely, r2; register 2 is a quarter as uncertain.
  float* row = table.data() + layout.outputs;
  row[layout.registers[0].first + 1] = 60.0F + std::log(0.4F);
  row[layout.registers[0].first + 2] = 60.0F + std::log(0.2F);
  row[layout.registers[2].first + 1] = 60.0F + std::log(0.375F / 3.625F);
  SoftProposalSettings settings;
  settings.temperature = 1.0;
  settings.floor = 0.0;
  const SoftProposals proposals(machine, table, settings);
  CHECK(proposals.uncertainty(1, machine.arguments()) == doctest::Approx(0.375));
  CHECK(proposals.uncertainty(1, machine.arguments() + 2) == doctest::Approx(0.375 / 4));
  const Candidate parent = from_program(discretise(model_of_table(machine, table))).value();
  Random random(1);
  constexpr int draws = 4000;
  unsigned r1 = 0;
  unsigned r2 = 0;
  unsigned other = 0;
  for (int i = 0; i < draws; ++i) {
    Candidate child = parent;
    proposals.propose(child, 0xff, random);
    const auto& sources = child.circuits[child.circuit[1]].registers;
    r1 += sources[0] == 1 ? 1 : 0;
    r2 += sources[0] == 2 ? 1 : 0;
    other += sources[2] == 1 ? 1 : 0;
  }
  CHECK(r1 + r2 + other == draws);
  CHECK(r1 / double{draws} == doctest::Approx(0.8 * 2 / 3).epsilon(0.06));
  CHECK(r2 / double{draws} == doctest::Approx(0.8 / 3).epsilon(0.1));
  CHECK(other / double{draws} == doctest::Approx(0.2).epsilon(0.1));
}

TEST_CASE("repairing with a say of the model goes on bit-exactly from any moment") {
  const Task& task = *find_task("merge");  // is not learned so soon
  Settings settings = hurried_settings();
  settings.repair.joint_gradient = 2.0;
  const AttemptContext context{task, standard_modules(), settings};
  const auto whole = make_attempt(context, 0);
  auto parts = make_attempt(context, 0);
  unsigned repaired = 0;
  for (int i = 0; i < 4; ++i) {
    advance_a_unit(*whole);
    advance_a_unit(*parts);
    const auto saved = parts->save();
    CHECK(saved == whole->save());
    parts = restore_attempt(context, saved);
    repaired += parts->progress().arm == Arm::joint ? 1 : 0;
  }
  CHECK(repaired >= 2);
  CHECK(parts->progress().work > 0);
}

TEST_CASE("without a say of the model the search repairs as ever, and with it otherwise") {
  const Task& task = *find_task("merge");
  const auto mend = [&](bool joint, double share, double gradient = 0.0) {
    Settings settings = hurried_settings();
    settings.repair.joint_gradient = gradient;
    settings.portfolio.joint = joint;
    settings.repair.joint_share = share;
    const AttemptContext context{task, standard_modules(), settings};
    const auto attempt = make_attempt(context, 0);
    for (int i = 0; i < 3; ++i) {
      advance_a_unit(*attempt);
    }
    CHECK(attempt->progress().arm == (joint ? Arm::joint : Arm::repair));
    return attempt->save();
  };
  const auto without = mend(false, 0.5);
  CHECK(mend(false, 0.9) == without);
  const auto with = mend(true, 0.5);
  CHECK(with != without);
  CHECK(mend(true, 0.5) == with);
  CHECK(mend(true, 0.9) != with);
  CHECK(mend(true, 0.5, 2.0) != with);
  CHECK(mend(false, 0.5, 2.0) == without);
}

TEST_CASE("a saved model that is damaged is refused before it has a say") {
  const Task& task = *find_task("merge");
  const Settings settings = hurried_settings();
  const AttemptContext context{task, standard_modules(), settings};
  const auto attempt = make_attempt(context, 0);
  while (attempt->progress().arm != Arm::joint) {
    (void)attempt->advance();
  }
  Json saved = Json::from_cbor(attempt->save());
  Json gradient = Json::from_cbor(saved["gradient"].get_binary());
  std::vector<float> best = floats_from(gradient["best"]);
  best[7] = std::numeric_limits<float>::quiet_NaN();
  gradient["best"] = to_json(best);
  saved["gradient"] = Json::binary(Json::to_cbor(gradient));
  CHECK_THROWS_AS((void)restore_attempt(context, Json::to_cbor(saved)), Error);
}
