#include "decision.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include <nram/model-io/program_differences.hpp>

namespace nram {
namespace {

// The wires that matter, by the name of the selector, in the order of the machine.
std::vector<std::pair<std::string, std::string>> wires_of(const Machine& machine,
                                                          const Circuit& circuit) {
  const std::vector<bool> live = live_modules(machine, circuit);
  const std::vector<std::string> names = selector_names(machine);
  std::vector<std::pair<std::string, std::string>> wires;
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    for (unsigned position = 0; live[q] && position < machine.modules()[q].arity; ++position) {
      const unsigned argument = machine.first_argument(q) + position;
      wires.emplace_back(names[argument], machine.source_name(circuit.arguments[argument]));
    }
  }
  for (unsigned r = 0; r < machine.registers(); ++r) {
    wires.emplace_back(names[machine.arguments() + r], machine.source_name(circuit.registers[r]));
  }
  return wires;
}

std::string module_names(const Machine& machine) {
  std::string names;
  for (const Module& module : machine.modules()) {
    names += (names.empty() ? "" : " ") + module.name;
  }
  return names;
}

// What a rule looks at, whatever the machine.
using RuleKey = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;

RuleKey key_of(const Rule& rule) { return {rule.state, rule.care, rule.value}; }

void compare_machines(const Program& a, const Program& b, ProgramDifferences& differences) {
  const auto compare = [&](const char* what, std::string of_a, std::string of_b) {
    if (of_a != of_b) {
      differences.machine.emplace_back(what, std::pair(std::move(of_a), std::move(of_b)));
    }
  };
  const Machine& one = a.machine();
  const Machine& other = b.machine();
  compare("registers", std::to_string(one.registers()), std::to_string(other.registers()));
  compare("modules", module_names(one), module_names(other));
  compare("order", std::string(name_of(one.order())), std::string(name_of(other.order())));
  compare("states", std::to_string(a.states()), std::to_string(b.states()));
}

void compare_metadata(const Program& a, const Program& b, ProgramDifferences& differences) {
  for (const auto& [key, value] : a.metadata()) {
    const auto found = b.metadata().find(key);
    if (found == b.metadata().end()) {
      differences.metadata[key] = {value, std::nullopt};
    } else if (found->second != value) {
      differences.metadata[key] = {value, found->second};
    }
  }
  for (const auto& [key, value] : b.metadata()) {
    if (!a.metadata().contains(key)) {
      differences.metadata[key] = {std::nullopt, value};
    }
  }
}

}  // namespace

std::vector<WireDifference> wire_differences(const Machine& machine_a, const Circuit& a,
                                             const Machine& machine_b, const Circuit& b) {
  const auto wires_a = wires_of(machine_a, a);
  const auto wires_b = wires_of(machine_b, b);
  std::vector<WireDifference> differences;
  const auto source_in = [](const auto& wires,
                            const std::string& selector) -> std::optional<std::string> {
    const auto found = std::ranges::find(wires, selector, [](const auto& w) { return w.first; });
    return found == wires.end() ? std::nullopt : std::optional(found->second);
  };
  for (const auto& [selector, source] : wires_a) {
    auto other = source_in(wires_b, selector);
    if (other != source) {
      differences.push_back({selector, source, std::move(other)});
    }
  }
  for (const auto& [selector, source] : wires_b) {
    if (!source_in(wires_a, selector)) {
      differences.push_back({selector, std::nullopt, source});
    }
  }
  return differences;
}

ProgramDifferences program_differences(const Program& a, const Program& b) {
  ProgramDifferences differences;
  compare_machines(a, b, differences);
  compare_metadata(a, b, differences);
  std::map<RuleKey, Transition> rules_of_b;
  for (const Rule& rule : b.rules()) {
    rules_of_b.emplace(key_of(rule), rule.transition);
  }
  // Circuits that were compared already.
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<WireDifference>> compared;
  std::set<RuleKey> of_a;
  for (const Rule& rule : a.rules()) {
    of_a.insert(key_of(rule));
    RuleDifference difference{rule.state, condition_text(a.machine(), rule), rule.transition};
    if (const auto found = rules_of_b.find(key_of(rule)); found != rules_of_b.end()) {
      const Transition& other = found->second;
      const std::pair circuits(rule.transition.circuit, other.circuit);
      const auto [place, is_new] = compared.try_emplace(circuits);
      if (is_new) {
        place->second = wire_differences(a.machine(), a.circuits()[circuits.first], b.machine(),
                                         b.circuits()[circuits.second]);
      }
      if (place->second.empty() && other.finish == rule.transition.finish &&
          (other.finish || other.next_state == rule.transition.next_state)) {
        ++differences.equal_rules;
        continue;
      }
      if (!place->second.empty()) {
        differences.circuits.emplace(circuits, place->second);
      }
      difference.b = other;
    }
    differences.rules.push_back(std::move(difference));
  }
  for (const Rule& rule : b.rules()) {
    if (!of_a.contains(key_of(rule))) {
      differences.rules.push_back(
          {rule.state, condition_text(b.machine(), rule), std::nullopt, rule.transition});
    }
  }
  return differences;
}

}  // namespace nram
