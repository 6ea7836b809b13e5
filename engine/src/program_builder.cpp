#include "condition_parser.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/program_builder.hpp>

namespace nram {
namespace {

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorKind::data, what); }

}  // namespace

RuleBuilder& RuleBuilder::run(std::string_view circuit) {
  circuit_ = circuit;
  return *this;
}

RuleBuilder& RuleBuilder::next_state(std::uint32_t state) {
  if (state >= Program::max_states) {
    refuse(fmt::format("{}: there is no state {}; states are 0 to {}", name_, state,
                       Program::max_states - 1));
  }
  rule_.transition.next_state = state;
  return *this;
}

RuleBuilder& RuleBuilder::finish() {
  rule_.transition.finish = true;
  return *this;
}

ProgramBuilder::ProgramBuilder(Machine machine) : machine_(std::move(machine)) {}

CircuitBuilder& ProgramBuilder::circuit(std::string_view name) {
  const auto has_name = [&](const CircuitBuilder& circuit) { return circuit.name() == name; };
  if (name.empty()) {
    refuse("a circuit needs a name, for rules to say that it runs");
  }
  if (std::any_of(circuits_.begin(), circuits_.end(), has_name)) {
    refuse(
        fmt::format("there is a circuit \"{}\" already; go on with what circuit() has returned, "
                    "or take another name",
                    name));
  }
  return circuits_.emplace_back(machine_, std::string(name));
}

RuleBuilder& ProgramBuilder::rule(std::string_view condition) {
  Rule rule = parse_condition(machine_, condition);
  rule.transition.next_state = rule.state;
  // As Program counts them, and with what a person knows it by.
  rules_.push_back(RuleBuilder(rule, fmt::format("rule {} (\"{}\")", rules_.size(),
                                                 condition.empty() ? "always" : condition)));
  return rules_.back();
}

ProgramBuilder& ProgramBuilder::set_metadata(std::string key, std::string value) {
  metadata_.insert_or_assign(std::move(key), std::move(value));
  return *this;
}

std::uint32_t ProgramBuilder::circuit_of(const RuleBuilder& rule,
                                         std::vector<Circuit>& circuits) const {
  if (!rule.circuit_) {
    const Circuit idle = CircuitBuilder(machine_, "an idle step").build();
    const auto found = std::find(circuits.begin(), circuits.end(), idle);
    const auto index = static_cast<std::uint32_t>(found - circuits.begin());
    if (found == circuits.end()) {
      circuits.push_back(idle);
    }
    return index;
  }
  std::string names;
  for (std::size_t c = 0; c < circuits_.size(); ++c) {
    if (circuits_[c].name() == *rule.circuit_) {
      return static_cast<std::uint32_t>(c);
    }
    names += fmt::format("{}\"{}\"", c == 0 ? "" : ", ", circuits_[c].name());
  }
  refuse(fmt::format("{}: there is no circuit \"{}\"; {}", rule.name_, *rule.circuit_,
                     names.empty() ? "describe it with circuit()" : "circuits are " + names));
}

// Program would find that out too, but not say where the state comes from.
void ProgramBuilder::require_next_states() const {
  std::set<std::uint32_t> states;
  for (const RuleBuilder& rule : rules_) {
    states.insert(rule.rule_.state);
  }
  for (const RuleBuilder& rule : rules_) {
    const Transition& transition = rule.rule_.transition;
    if (!transition.finish && !states.contains(transition.next_state)) {
      refuse(fmt::format("{} goes on in state {}, which has no rule; add rule(\"state {}\")",
                         rule.name_, transition.next_state, transition.next_state));
    }
  }
}

Program ProgramBuilder::build() const {
  std::vector<Circuit> circuits;
  for (const CircuitBuilder& circuit : circuits_) {
    circuits.push_back(circuit.build());
  }
  require_next_states();
  std::vector<Rule> rules;
  for (const RuleBuilder& builder : rules_) {
    Rule rule = builder.rule_;
    rule.transition.circuit = circuit_of(builder, circuits);
    rules.push_back(rule);
  }
  if (rules.empty()) {
    refuse("the program has no rules, which say what runs when; rule() adds one");
  }
  return {machine_, std::move(circuits), std::move(rules), metadata_};
}

}  // namespace nram
