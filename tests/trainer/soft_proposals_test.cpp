// What a trained soft model proposes to the search that repairs its program.

#include "discrete/proposals/soft_proposals.hpp"

#include "random_model.hpp"
#include "soft/soft_table.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include <nram/model-io/exporter.hpp>

using namespace nram;
using namespace nram::discrete;

namespace {

// The definition, from the tensors' places in the file format.
std::vector<double> logits_of(const Model& model, unsigned mask) {
  const SelectorLayout layout(model.machine());
  const float* weight = model.parameters().data();
  const float* bias = weight + small_hidden * small_registers;
  const float* selectors_weight = bias + small_hidden;
  const float* selectors_bias = selectors_weight + layout.outputs * small_hidden;
  std::vector<double> logits;
  for (unsigned s = 0; s < layout.outputs; ++s) {
    double logit = selectors_bias[s];
    for (unsigned h = 0; h < small_hidden; ++h) {
      double x = bias[h];
      for (unsigned r = 0; r < small_registers; ++r) {
        x += ((mask >> r) & 1U) != 0 ? weight[h * small_registers + r] : 0.0F;
      }
      logit += x > 0.0 ? x * selectors_weight[s * small_hidden + h] : 0.0;
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
