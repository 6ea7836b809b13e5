#include "diff.hpp"
#include "difference_text.hpp"
#include "number.hpp"
#include "trace_row.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include <nram/model-io/inspect.hpp>

namespace nram::cli {
namespace {

TraceView view_of(const DiffReport& report) {
  return {report.a.machine(), report.search.found->modulus, &report.a};
}

// A value of metadata, which may be anything, in a line that people can read.
std::string brief(const std::optional<std::string>& value) {
  constexpr std::size_t most = 60;
  if (!value) {
    return "(none)";
  }
  return value->size() > most ? value->substr(0, most) + "..." : *value;
}

std::string transition_text(const Transition& transition, bool has_states) {
  return fmt::format("c{}{}", transition.circuit,
                     transition.finish ? ", stop"
                     : has_states      ? fmt::format(", to {}", transition.next_state)
                                       : "");
}

std::string rule_text(const DiffReport& report, const RuleDifference& rule) {
  const bool has_states = report.a.states() > 1 || report.b.states() > 1;
  const std::string when =
      has_states ? fmt::format("state {}, {}", rule.state, rule.condition) : rule.condition;
  const auto alone = [&](char mark, const Program& program, const Transition& transition) {
    std::string text =
        fmt::format("{} {}: {}\n", mark, when, transition_text(transition, has_states));
    for (const std::string& line :
         statements(program.machine(), program.circuits()[transition.circuit])) {
      text += fmt::format("{}     {}\n", mark, line);
    }
    return text;
  };
  if (!rule.b) {
    return alone('<', report.a, *rule.a);
  }
  if (!rule.a) {
    return alone('>', report.b, *rule.b);
  }
  return fmt::format("! {}: {} | {}\n", when, transition_text(*rule.a, has_states),
                     transition_text(*rule.b, has_states));
}

std::string structure_text(const DiffReport& report) {
  const ProgramDifferences& found = report.differences;
  std::string text = fmt::format("< {}\n> {}\n", report.file_a, report.file_b);
  for (const auto& [what, values] : found.machine) {
    text += fmt::format("{}: {} | {}\n", what, values.first, values.second);
  }
  for (const auto& [key, values] : found.metadata) {
    text += fmt::format("metadata.{}: {} | {}\n", key, brief(values.first), brief(values.second));
  }
  text += found.same_program()
              ? fmt::format("the same rules and circuits ({} rules)\n", found.equal_rules)
              : fmt::format("rules: {} | {}, {} the same\n", report.a.rules().size(),
                            report.b.rules().size(), found.equal_rules);
  for (const RuleDifference& rule : found.rules) {
    text += rule_text(report, rule);
  }
  for (const auto& [numbers, wires] : found.circuits) {
    text += fmt::format("circuits c{} | c{}:\n", numbers.first, numbers.second);
    for (const WireDifference& wire : wires) {
      text += fmt::format("  {} from {} | {}\n", wire.selector, wire.a.value_or("(not used)"),
                          wire.b.value_or("(not used)"));
    }
  }
  return text;
}

std::string tried_text(const DiffReport& report) {
  const InputSearchResult& search = report.search;
  return search.exhaustive_cells > 0
             ? fmt::format(
                   "{} memories tried, among them all of up to {} cells with values up to "
                   "their number of cells",
                   search.tried, search.exhaustive_cells)
             : fmt::format("{} {} tried", search.tried, report.inputs);
}

std::string shown_cells(const TraceView& view, const std::vector<Word>& cells) {
  constexpr std::size_t most = 60;
  return cells_text(cells.size(), most, [&](std::size_t cell) { return view.number(cells[cell]); });
}

std::string behaviour_text(const TraceView& view, const Behaviour& behaviour,
                           const Machine& machine) {
  const RunResult& result = behaviour.result;
  if (behaviour.finished) {
    return fmt::format("{}  ({} step{})", shown_cells(view, behaviour.memory), result.steps,
                       result.steps == 1 ? "" : "s");
  }
  return result.outcome == Outcome::address_fault
             ? "fault: " + describe_fault(machine, result, behaviour.memory.size())
             : fmt::format("does not stop within {} steps", result.steps);
}

Json transition_json(const std::optional<Transition>& transition) {
  if (!transition) {
    return {};
  }
  return {{"circuit", fmt::format("c{}", transition->circuit)},
          {"finish", transition->finish},
          {"next_state", transition->next_state}};
}

Json optional_json(const std::optional<std::string>& text) { return text ? Json(*text) : Json(); }

Json numbers_json(const TraceView& view, const std::vector<Word>& values) {
  return json_numbers(values, view.machine.order(), view.modulus);
}

Json behaviour_json(const TraceView& view, const Behaviour& behaviour) {
  return {{"outcome", behaviour.finished ? "finished" : outcome_name(behaviour.result.outcome)},
          {"steps", behaviour.result.steps},
          {"memory", behaviour.finished ? numbers_json(view, behaviour.memory) : Json()}};
}

Json found_json(const DiffReport& report) {
  if (!report.search.found) {
    return {};
  }
  const DifferingInput& found = *report.search.found;
  const TraceView view = view_of(report);
  Json json{{"memory", numbers_json(view, found.input.memory)}};
  if (!found.input.registers.empty()) {
    json["registers"] = numbers_json(view, found.input.registers);
  }
  json["modulus"] = found.modulus.to_string();
  json["a"] = behaviour_json(view, found.a);
  json["b"] = behaviour_json(view, found.b);
  json["first_difference"] = report.first ? difference_json(*report.first, view) : Json();
  return json;
}

}  // namespace

std::string diff_text(const DiffReport& report) {
  std::string text = structure_text(report);
  if (!report.search.found) {
    return text + fmt::format("behaviour: no difference found; {}\n", tried_text(report));
  }
  const DifferingInput& found = *report.search.found;
  const TraceView view = view_of(report);
  text += fmt::format("behaviour: they differ; {}\n", tried_text(report));
  text += fmt::format("  memory  {}  (modulus {})\n", shown_cells(view, found.input.memory),
                      found.modulus.to_string());
  if (!found.input.registers.empty()) {
    text += fmt::format("  registers  {}\n", shown_cells(view, found.input.registers));
  }
  text += fmt::format("  < {}\n", behaviour_text(view, found.a, report.a.machine()));
  text += fmt::format("  > {}\n", behaviour_text(view, found.b, report.b.machine()));
  if (report.first) {
    text += "  " + difference_text(*report.first, {report.file_a, report.file_b}, view) + "\n";
  }
  return text;
}

Json diff_json(const DiffReport& report) {
  const ProgramDifferences& found = report.differences;
  Json machine = Json::object();
  for (const auto& [what, values] : found.machine) {
    machine[what] = {{"a", values.first}, {"b", values.second}};
  }
  Json metadata = Json::object();
  for (const auto& [key, values] : found.metadata) {
    metadata[key] = {{"a", optional_json(values.first)}, {"b", optional_json(values.second)}};
  }
  Json rules = Json::array();
  for (const RuleDifference& rule : found.rules) {
    rules.push_back({{"state", rule.state},
                     {"when", rule.condition},
                     {"a", transition_json(rule.a)},
                     {"b", transition_json(rule.b)}});
  }
  Json circuits = Json::array();
  for (const auto& [numbers, wires] : found.circuits) {
    Json list = Json::array();
    for (const WireDifference& wire : wires) {
      list.push_back({{"selector", wire.selector},
                      {"a", optional_json(wire.a)},
                      {"b", optional_json(wire.b)}});
    }
    circuits.push_back({{"a", fmt::format("c{}", numbers.first)},
                        {"b", fmt::format("c{}", numbers.second)},
                        {"wires", std::move(list)}});
  }
  return {{"same_program", found.same_program()},
          {"machine", std::move(machine)},
          {"metadata", std::move(metadata)},
          {"equal_rules", found.equal_rules},
          {"rules", std::move(rules)},
          {"circuits", std::move(circuits)},
          {"inputs", report.inputs},
          {"tried", report.search.tried},
          {"exhaustive_cells", report.search.exhaustive_cells},
          {"differ", report.search.found.has_value()},
          {"input", found_json(report)}};
}

}  // namespace nram::cli
