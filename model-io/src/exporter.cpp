#include "automaton.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/exporter.hpp>

namespace nram {
namespace {

// Work is bounded for each state that is allowed, so that what does not close says so in seconds.
constexpr std::uint64_t steps_per_state = 128;

// An automaton, how it was found and what comparing it with the controller has shown.
struct Candidate {
  Enumerated found;
  Merging merging;
  Verification verification;
};

// Looks for an automaton that does what an LSTM controller does.
class AutomatonSearch {
 public:
  AutomatonSearch(const LiveController& controller, const ExportOptions& options)
      : controller_(controller), options_(options) {
    const std::uint32_t masks = controller.machine().masks();
    max_states_ = std::min<std::size_t>(options.max_states, Program::max_transitions / masks);
  }

  // The best automaton there is, if any; perhaps it fails its verification.
  std::optional<Candidate> run() {
    std::optional<Candidate> close = by_closeness();
    if (close && !close->verification.first) {
      return close;
    }
    std::optional<Candidate> alike = by_behaviour();
    const bool closer =
        close && (!alike || (alike->verification.first &&
                             alike->verification.steps < close->verification.steps));
    return closer ? close : alike;
  }

  [[nodiscard]] std::size_t states_seen() const { return states_seen_; }

 private:
  [[nodiscard]] Budget budget() const { return Budget(max_states_ * steps_per_state); }

  // All single masks; of very many, some.
  [[nodiscard]] std::vector<MaskRun> first_experiments() const {
    constexpr std::uint32_t most = 64;
    constexpr std::uint32_t odd = 2654435761U;  // visits every mask before it comes round
    const std::uint32_t masks = controller_.machine().masks();
    std::vector<MaskRun> experiments;
    for (std::uint32_t i = 0; i < std::min(masks, most); ++i) {
      experiments.push_back({masks <= most ? i : (i * odd) & (masks - 1)});
    }
    return experiments;
  }

  Verification verify(const Automaton& automaton, std::uint64_t seed) {
    const Discrete discrete = discrete_of(controller_.machine(), automaton);
    Verification given = compare_on_runs(controller_, discrete, options_.runs);
    if (given.first) {
      return given;
    }
    Verification random =
        compare_on_random_runs(controller_, discrete, options_.checked_steps, seed);
    random.steps += given.steps;
    return random;
  }

  std::optional<Candidate> candidate(const Merging& merging, Budget& budget, std::uint64_t seed) {
    Enumerated found = enumerate(controller_, merging, max_states_, budget);
    states_seen_ = std::max(states_seen_, found.states.size());
    if (!found.closed) {
      return std::nullopt;
    }
    Verification verification = verify(found.automaton, seed);
    return Candidate{std::move(found), merging, std::move(verification)};
  }

  // States within the tolerance, that decide alike, are one.
  std::optional<Candidate> by_closeness() {
    Budget steps = budget();
    return candidate({options_.merge_tolerance, first_experiments()}, steps, 1);
  }

  // States are one until an experiment tells them apart (Angluin's learning of automata); every
  // disagreement with the controller yields another one.
  std::optional<Candidate> by_behaviour() {
    Merging merging{std::numeric_limits<double>::infinity(), first_experiments()};
    Budget steps = budget();
    std::optional<Candidate> best;
    // Each round's random runs are new to it.
    for (std::uint64_t seed = 2; !steps.spent(); ++seed) {
      std::optional<Candidate> next = candidate(merging, steps, seed);
      if (!next) {
        break;
      }
      best = std::move(next);
      if (!best->verification.first) {
        break;
      }
      merging.experiments.push_back(
          distinguishing(controller_, best->found, best->verification.first->masks, steps));
    }
    return best;
  }

  const LiveController& controller_;
  const ExportOptions& options_;
  std::size_t max_states_;
  std::size_t states_seen_ = 0;
};

void require_tolerance(double tolerance) {
  if (!(tolerance >= 0.0)) {
    throw Error(ErrorKind::usage, fmt::format("the tolerance for merging controller states must "
                                              "not be negative, but it is {}",
                                              tolerance));
  }
}

Exported exported(const Model& model, const Candidate& candidate) {
  const Automaton& found = candidate.found.automaton;
  Automaton automaton = minimise(found);
  const AutomatonSummary summary{found.states(),
                                 automaton.states(),
                                 candidate.merging.tolerance,
                                 automaton.largest_merge,
                                 candidate.merging.experiments.size(),
                                 candidate.verification.steps};
  std::vector<Rule> rules = rules_from_table(model.machine(), automaton.table);
  return {
      Program(model.machine(), std::move(automaton.circuits), std::move(rules), model.metadata()),
      summary, std::move(automaton.confidence)};
}

// A feed-forward controller has one state, exactly.
Exported exported_table(const Model& model) {
  Budget any(1);
  return exported(model, {enumerate(LiveController(model), {}, 1, any), {}, {}});
}

[[noreturn]] void fail_to_close(const Model& model, const ExportOptions& options,
                                std::size_t states_seen, const std::optional<Candidate>& best) {
  std::string text = fmt::format(
      "the states of the LSTM controller do not close into a finite automaton: {} were seen that "
      "differ by more than the tolerance of {:g} or decide differently, and their number still "
      "grew",
      states_seen, options.merge_tolerance);
  if (best) {
    text += fmt::format(
        "; an automaton of the {} that {} experiments tell apart does the same for {} steps, but "
        "not in {}",
        best->found.states.size(), best->merging.experiments.size(), best->verification.steps,
        best->verification.first->text(model.machine()));
  }
  text +=
      ". The live controller needs no automaton and runs in constant memory; training longer, "
      "or searching for a program instead, often gives a model that has one";
  throw NotFinite(text, states_seen, options.merge_tolerance,
                  best ? best->verification : Verification{});
}

}  // namespace

Exported export_model(const Model& model, const ExportOptions& options) {
  require_tolerance(options.merge_tolerance);
  if (model.controller().kind != ControllerKind::lstm) {
    return exported_table(model);
  }
  const LiveController controller(model);
  AutomatonSearch search(controller, options);
  const std::optional<Candidate> found = search.run();
  if (!found || found->verification.first) {
    fail_to_close(model, options, search.states_seen(), found);
  }
  return exported(model, *found);
}

Program discretise(const Model& model, const ExportOptions& options) {
  require_tolerance(options.merge_tolerance);
  if (model.controller().kind != ControllerKind::lstm) {
    return exported_table(model).program;
  }
  const LiveController controller(model);
  AutomatonSearch search(controller, options);
  const std::optional<Candidate> found = search.run();
  if (!found) {
    fail_to_close(model, options, search.states_seen(), found);
  }
  return exported(model, *found).program;
}

}  // namespace nram
