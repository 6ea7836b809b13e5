#include "automaton.hpp"

#include <utility>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/exporter.hpp>

namespace nram {
namespace {

constexpr std::uint64_t checked_steps = 1024;

// An automaton with the tolerance it was found with and what the comparison has shown.
struct Candidate {
  Automaton automaton;
  double tolerance;
  std::uint64_t disagreements;
};

Candidate find_automaton(const Model& model, const ExportOptions& options) {
  auto automaton = enumerate(model, options.merge_tolerance, options.max_states);
  if (!automaton) {
    throw Error(
        ErrorKind::data,
        fmt::format("the LSTM controller has more than {} different states (merging those closer "
                    "than {:g}): it does not close into a finite automaton; raise the number of "
                    "states or the tolerance, or train longer",
                    options.max_states, options.merge_tolerance));
  }
  Candidate best{std::move(*automaton), options.merge_tolerance, 0};
  if (model.controller().kind == ControllerKind::feed_forward) {
    return best;
  }
  best.disagreements = count_disagreements(model, best.automaton, checked_steps);
  double tolerance = best.tolerance;
  for (int attempt = 0; attempt < 2 && best.disagreements > 0; ++attempt) {
    tolerance /= 10;
    automaton = enumerate(model, tolerance, options.max_states);
    if (!automaton) {
      break;
    }
    const std::uint64_t disagreements = count_disagreements(model, *automaton, checked_steps);
    if (disagreements < best.disagreements) {
      best = {std::move(*automaton), tolerance, disagreements};
    }
  }
  return best;
}

}  // namespace

Exported export_model(const Model& model, const ExportOptions& options) {
  if (!(options.merge_tolerance >= 0.0)) {
    throw Error(ErrorKind::usage, fmt::format("the tolerance for merging controller states must "
                                              "not be negative, but it is {}",
                                              options.merge_tolerance));
  }
  const Candidate found = find_automaton(model, options);
  Automaton automaton = minimise(found.automaton);
  const bool recurrent = model.controller().kind == ControllerKind::lstm;
  const AutomatonSummary summary{found.automaton.states(),          automaton.states(),
                                 recurrent ? found.tolerance : 0.0, automaton.largest_merge,
                                 recurrent ? checked_steps : 0,     found.disagreements};
  std::vector<Rule> rules = rules_from_table(model.machine(), automaton.table);
  return {
      Program(model.machine(), std::move(automaton.circuits), std::move(rules), model.metadata()),
      summary, std::move(automaton.confidence)};
}

Program discretise(const Model& model, const ExportOptions& options) {
  return export_model(model, options).program;
}

}  // namespace nram
