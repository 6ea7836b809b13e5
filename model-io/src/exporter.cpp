#include "automaton.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/exporter.hpp>

namespace nram {
namespace {

constexpr std::uint64_t checked_steps = 1024;
constexpr double smallest_raised = 1e-6;

// An automaton with the tolerance it was found with and what the comparison has shown.
struct Candidate {
  Automaton automaton;
  double tolerance;
  std::uint64_t disagreements;
};

// The automaton with the smallest tolerance that closes, starting with the one asked for.
std::optional<Candidate> find_closed(const Model& model, const ExportOptions& options) {
  constexpr double raise = 4.0;
  Merging merging{options.merge_tolerance, false};
  for (;;) {
    if (auto automaton = enumerate(model, merging, options.max_states)) {
      const std::uint64_t disagreements = count_disagreements(model, *automaton, checked_steps);
      return Candidate{std::move(*automaton), merging.tolerance, disagreements};
    }
    if (merging.tolerance >= options.largest_tolerance) {
      return std::nullopt;
    }
    // Starting from a tolerance of 0, something must be raised.
    merging.tolerance =
        std::min(std::max(merging.tolerance * raise, smallest_raised), options.largest_tolerance);
    merging.deciding_alike = true;
  }
}

Candidate find_automaton(const Model& model, const ExportOptions& options) {
  std::optional<Candidate> best = find_closed(model, options);
  if (!best) {
    throw Error(
        ErrorKind::data,
        fmt::format("the LSTM controller has more than {} different states (even merging those "
                    "closer than {:g}): it does not close into a finite automaton; raise the "
                    "number of states or the tolerance, or train longer",
                    options.max_states,
                    std::max(options.merge_tolerance, options.largest_tolerance)));
  }
  // A raised tolerance cannot be lowered: the states would not close.
  const bool raised = best->tolerance > options.merge_tolerance;
  double tolerance = best->tolerance;
  for (int attempt = 0; attempt < 2 && !raised && best->disagreements > 0; ++attempt) {
    tolerance /= 10;
    auto automaton = enumerate(model, {tolerance, false}, options.max_states);
    if (!automaton) {
      break;
    }
    const std::uint64_t disagreements = count_disagreements(model, *automaton, checked_steps);
    if (disagreements < best->disagreements) {
      best = Candidate{std::move(*automaton), tolerance, disagreements};
    }
  }
  return std::move(*best);
}

void require_tolerance(double tolerance) {
  if (!(tolerance >= 0.0)) {
    throw Error(ErrorKind::usage, fmt::format("the tolerance for merging controller states must "
                                              "not be negative, but it is {}",
                                              tolerance));
  }
}

}  // namespace

Exported export_model(const Model& model, const ExportOptions& options) {
  require_tolerance(options.merge_tolerance);
  require_tolerance(options.largest_tolerance);
  const bool recurrent = model.controller().kind == ControllerKind::lstm;
  // A feed-forward controller has one state, exactly.
  const Candidate found = recurrent ? find_automaton(model, options)
                                    : Candidate{enumerate(model, {}, 1).value(), 0.0, 0};
  Automaton automaton = minimise(found.automaton);
  const AutomatonSummary summary{
      found.automaton.states(),      automaton.states(), found.tolerance, automaton.largest_merge,
      recurrent ? checked_steps : 0, found.disagreements};
  std::vector<Rule> rules = rules_from_table(model.machine(), automaton.table);
  return {
      Program(model.machine(), std::move(automaton.circuits), std::move(rules), model.metadata()),
      summary, std::move(automaton.confidence)};
}

Program discretise(const Model& model, const ExportOptions& options) {
  return export_model(model, options).program;
}

}  // namespace nram
