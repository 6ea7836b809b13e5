#include "decision.hpp"
#include "json_text.hpp"

#include <cmath>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/export_report.hpp>

namespace nram {
namespace {

std::string winner(const Program& program, std::size_t selector, Visit at) {
  const Machine& machine = program.machine();
  const Transition& transition = program.transition(at.state, at.mask);
  const Circuit& circuit = program.circuits()[transition.circuit];
  if (selector < machine.arguments()) {
    return machine.source_name(circuit.arguments[selector]);
  }
  selector -= machine.arguments();
  if (selector < machine.registers()) {
    return machine.source_name(circuit.registers[selector]);
  }
  return transition.finish ? "stop" : "go on";
}

float confidence(const Exported& exported, std::size_t selector, Visit at) {
  const std::size_t row = std::size_t{at.state} * exported.program.machine().masks() + at.mask;
  return exported.confidence[row * exported.selectors() + selector];
}

WeakestChoice weakest(const Exported& exported, std::size_t selector,
                      std::span<const Visit> visits) {
  Visit at = visits.front();
  for (const Visit visit : visits) {
    if (confidence(exported, selector, visit) < confidence(exported, selector, at)) {
      at = visit;
    }
  }
  return {double{confidence(exported, selector, at)}, winner(exported.program, selector, at), at};
}

template <typename T>
Json known(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json json_of(const WeakestChoice& choice) {
  return {{"probability", choice.probability},
          {"winner", choice.winner},
          {"state", choice.at.state},
          {"mask", choice.at.mask}};
}

}  // namespace

ExportReport export_report(const Exported& exported, std::span<const Visit> visited) {
  const Program& program = exported.program;
  const std::uint32_t masks = program.machine().masks();
  for (const Visit visit : visited) {
    if (visit.state >= program.states() || visit.mask >= masks) {
      throw Error(ErrorKind::usage, fmt::format("state {} with mask {} is not of this program",
                                                visit.state, visit.mask));
    }
  }
  std::vector<Visit> all;
  for (std::uint32_t state = 0; state < program.states(); ++state) {
    for (std::uint32_t mask = 0; mask < masks; ++mask) {
      all.push_back({state, mask});
    }
  }
  for (const Visit visit : all) {
    for (std::size_t selector = 0; selector < exported.selectors(); ++selector) {
      if (std::isnan(confidence(exported, selector, visit))) {
        throw Error(ErrorKind::data,
                    fmt::format("the controller's outputs are no numbers in state {} with the mask "
                                "{:#b} of zero registers: its weights are so large that float32 "
                                "overflows, and what it chooses there means nothing; train again, "
                                "or scale the weights down",
                                visit.state, visit.mask));
      }
    }
  }
  ExportReport report;
  report.circuits = program.circuits().size();
  report.rules = program.rules().size();
  report.automaton = exported.automaton;
  for (const std::string& name : selector_names(program.machine())) {
    const std::size_t selector = report.selectors.size();
    SelectorReport entry{name, weakest(exported, selector, all), std::nullopt};
    if (!visited.empty()) {
      entry.on_visited = weakest(exported, selector, visited);
    }
    report.selectors.push_back(std::move(entry));
  }
  return report;
}

std::string to_json(const ExportReport& report) {
  Json selectors = Json::array();
  for (const SelectorReport& entry : report.selectors) {
    selectors.push_back(
        {{"selector", entry.selector},
         {"weakest", json_of(entry.anywhere)},
         {"weakest_visited", entry.on_visited ? json_of(*entry.on_visited) : Json(nullptr)}});
  }
  const AutomatonSummary& automaton = report.automaton;
  const Json json{
      {"selectors", std::move(selectors)},
      {"circuits", report.circuits},
      {"rules", report.rules},
      {"automaton",
       {{"states_found", automaton.states_found},
        {"states", automaton.states},
        // JSON has no infinity.
        {"merge_tolerance",
         std::isinf(automaton.merge_tolerance) ? Json(nullptr) : Json(automaton.merge_tolerance)},
        {"largest_merge", automaton.largest_merge},
        {"experiments", automaton.experiments},
        {"checked_steps", automaton.checked_steps}}},
      {"soft_accuracy", known(report.soft_accuracy)},
      {"hard_accuracy", known(report.hard_accuracy)},
      {"hard_stops", known(report.hard_stops)},
      {"first_divergence", known(report.first_divergence)}};
  return json.dump(2) + "\n";
}

}  // namespace nram
