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
      : controller_(controller), options_(options), observations_(controller) {
    const std::uint32_t masks = controller.machine().masks();
    max_states_ = std::min<std::size_t>(options.max_states, Program::max_transitions / masks);
  }

  // Returns whether there is an automaton that passes its verification.
  bool run() {
    by_closeness();
    if (!verified()) {
      by_behaviour();
    }
    if (best_) {
      add_confidence(observations_, best_->found);
    }
    return verified();
  }

  // The automaton that agrees longest with the controller; nothing if there is none at all.
  [[nodiscard]] const std::optional<Candidate>& best() const { return best_; }

  // Why it is not enough.
  [[nodiscard]] NotFinite failure() const {
    std::string text = fmt::format(
        "the states of the LSTM controller do not close into a finite automaton: {} different "
        "states were seen with a tolerance of {:g}, and {}",
        states_seen_, options_.merge_tolerance,
        closes_ ? "the automaton of them does something else" : "their number still grew");
    if (best_) {
      text += fmt::format(
          "; the best automaton found, of {} states that {} experiments tell apart, does the same "
          "for {} steps and then differs in {}",
          best_->found.states.size(), best_->merging.experiments.size(), best_->verification.steps,
          best_->verification.first->text(controller_.machine()));
    }
    text +=
        ". The live controller needs no automaton and runs in constant memory; training "
        "longer, with another seed, or by search gives models that have one";
    return {text, states_seen_, options_.merge_tolerance,
            best_ ? best_->verification : Verification{}};
  }

 private:
  [[nodiscard]] bool verified() const { return best_ && !best_->verification.first; }

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

  void consider(Candidate candidate) {
    if (!best_ || !candidate.verification.first ||
        candidate.verification.steps >= best_->verification.steps) {
      best_ = std::move(candidate);
    }
  }

  // States within the tolerance, that decide alike, are one.
  void by_closeness() {
    observations_.allow(max_states_ * steps_per_state);
    Merging merging{options_.merge_tolerance, first_experiments()};
    Enumerated found = enumerate(observations_, merging, max_states_);
    states_seen_ = found.states.size();
    closes_ = found.closed;
    if (found.closed) {
      Verification verification = verify(found.automaton, 1);
      consider({std::move(found), std::move(merging), std::move(verification)});
    }
  }

  // States are one until an experiment tells them apart (Angluin's learning of automata); every
  // disagreement with the controller yields another one.
  void by_behaviour() {
    observations_.allow(max_states_ * steps_per_state);
    Merging merging{std::numeric_limits<double>::infinity(), first_experiments()};
    // Each round's random runs are new to it. They cost more than the experiments; whoever still
    // fails after so many will go on to.
    constexpr std::uint64_t most_rounds = 1000;
    for (std::uint64_t seed = 2; seed < 2 + most_rounds; ++seed) {
      Enumerated found = enumerate(observations_, merging, max_states_);
      if (!found.closed) {
        return;
      }
      const Verification verification = verify(found.automaton, seed);
      consider({found, merging, verification});
      if (!verification.first) {
        return;
      }
      merging.experiments.push_back(
          distinguishing(observations_, found, verification.first->masks));
    }
  }

  const LiveController& controller_;
  const ExportOptions& options_;
  ObservationTable observations_;
  std::size_t max_states_;
  std::size_t states_seen_ = 0;  // by closeness
  bool closes_ = false;
  std::optional<Candidate> best_;
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
  const LiveController controller(model);
  ObservationTable observations(controller);
  observations.allow(std::uint64_t{controller.machine().masks()} + 1);
  Candidate table{enumerate(observations, {}, 1), {}, {}};
  add_confidence(observations, table.found);
  return exported(model, table);
}

}  // namespace

Exported export_model(const Model& model, const ExportOptions& options) {
  require_tolerance(options.merge_tolerance);
  if (model.controller().kind != ControllerKind::lstm) {
    return exported_table(model);
  }
  const LiveController controller(model, options.poll);
  AutomatonSearch search(controller, options);
  if (!search.run()) {
    throw search.failure();
  }
  return exported(model, *search.best());
}

Program discretise(const Model& model, const ExportOptions& options) {
  require_tolerance(options.merge_tolerance);
  if (model.controller().kind != ControllerKind::lstm) {
    return exported_table(model).program;
  }
  // Who judges programs by tests need not wait for long comparisons.
  constexpr std::uint64_t enough = 4096;
  ExportOptions quick = options;
  quick.checked_steps = std::min(quick.checked_steps, enough);
  const LiveController controller(model, options.poll);
  AutomatonSearch search(controller, quick);
  search.run();
  if (!search.best()) {
    throw search.failure();
  }
  return exported(model, *search.best()).program;
}

}  // namespace nram
