#include "automaton.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace nram {
namespace {

// The index of each distinct circuit.
class CircuitSet {
 public:
  std::uint32_t index_of(const Circuit& circuit, std::vector<Circuit>& circuits) {
    std::vector<Source> key = circuit.arguments;
    key.insert(key.end(), circuit.registers.begin(), circuit.registers.end());
    const auto [entry, is_new] =
        indices_.emplace(std::move(key), static_cast<std::uint32_t>(circuits.size()));
    if (is_new) {
      circuits.push_back(circuit);
    }
    return entry->second;
  }

 private:
  std::map<std::vector<Source>, std::uint32_t> indices_;
};

// The largest difference of two values, or infinity once it is known to be above `limit`.
double distance(const std::vector<float>& a, const std::vector<float>& b, double limit) {
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(double{a[i]} - double{b[i]});
    if (!(difference <= limit)) {  // also if it is not a number
      return std::numeric_limits<double>::infinity();
    }
    largest = std::max(largest, difference);
  }
  return largest;
}

// What a controller state answers to each experiment.
using Answers = std::vector<std::uint32_t>;

// The controller states found so far. Most states that follow another are known already, to the
// last bit; others are compared.
class StateSet {
 public:
  explicit StateSet(double tolerance) : tolerance_(tolerance) {}

  // The index of the nearest state that is close enough and answers alike; of a new one if there is
  // none. `answer` is asked only about what is close to something.
  template <typename Answer>
  std::uint32_t index_of(LstmState state, Answer answer) {
    std::vector<float> values = values_of(state);
    if (const auto known = known_.find(values); known != known_.end()) {
      return known->second;
    }
    const std::uint32_t index =
        std::isinf(tolerance_) ? alike(values, state, answer) : nearest(values, state, answer);
    if (index == states_.size()) {
      states_.push_back(std::move(state));
      values_.push_back(values);
      answers_.resize(states_.size());
    }
    known_.emplace(std::move(values), index);
    return index;
  }

  [[nodiscard]] std::size_t size() const { return states_.size(); }
  [[nodiscard]] const LstmState& operator[](std::size_t i) const { return states_[i]; }
  [[nodiscard]] double largest_merge() const { return largest_merge_; }
  [[nodiscard]] std::vector<LstmState> take() { return std::move(states_); }

 private:
  static std::vector<float> values_of(const LstmState& state) {
    std::vector<float> values = state.hidden;
    values.insert(values.end(), state.cell.begin(), state.cell.end());
    return values;
  }

  template <typename Answer>
  std::uint32_t alike(const std::vector<float>& values, const LstmState& state, Answer& answer) {
    const auto next = static_cast<std::uint32_t>(states_.size());
    const auto [entry, is_new] = by_answers_.emplace(answer(state), next);
    if (!is_new) {
      merged(distance(values_[entry->second], values, tolerance_));
    }
    return entry->second;
  }

  template <typename Answer>
  std::uint32_t nearest(const std::vector<float>& values, const LstmState& state, Answer& answer) {
    double best = tolerance_;
    std::size_t found = states_.size();
    std::optional<Answers> answers;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      const double d = distance(values_[i], values, best);
      if (d > best || (found != states_.size() && d == best)) {
        continue;
      }
      if (!answers) {
        answers = answer(state);
      }
      if (!answers_[i]) {
        answers_[i] = answer(states_[i]);
      }
      if (answers == answers_[i]) {
        best = d;
        found = i;
      }
    }
    if (found != states_.size()) {
      merged(best);
    }
    return static_cast<std::uint32_t>(found);
  }

  void merged(double distance) { largest_merge_ = std::max(largest_merge_, distance); }

  double tolerance_;
  std::vector<LstmState> states_;
  std::vector<std::vector<float>> values_;       // of each state, hidden and cell
  std::vector<std::optional<Answers>> answers_;  // of each state that was asked
  std::map<std::vector<float>, std::uint32_t> known_;
  std::map<Answers, std::uint32_t> by_answers_;
  double largest_merge_ = 0.0;
};

class Enumeration {
 public:
  Enumeration(const LiveController& controller, const Merging& merging, Budget& budget)
      : controller_(controller), merging_(merging), budget_(budget), states_(merging.tolerance) {
    automaton_.masks = controller.machine().masks();
  }

  Enumerated run(std::size_t max_states) {
    add(controller_.start());
    std::size_t done = 0;
    while (done < states_.size() && states_.size() <= max_states && !budget_.spent()) {
      expand(done++);
    }
    const bool closed = done == states_.size() && !budget_.spent();
    automaton_.largest_merge = states_.largest_merge();
    return {std::move(automaton_), states_.take(), closed};
  }

 private:
  // For an LSTM what does not matter is left out of circuits: it would tell states apart that do
  // the same.
  Circuit circuit_of(Decision decision) const {
    return controller_.recurrent()
               ? without_dead_arguments(controller_.machine(), std::move(decision.circuit))
               : std::move(decision.circuit);
  }

  std::uint32_t answer(LstmState state, const MaskRun& experiment) {
    constexpr std::uint32_t finished_before = 0;
    Decision decision;
    for (const std::uint32_t mask : experiment) {
      if (decision.finish) {
        return finished_before;
      }
      decision = controller_.step(mask, state);
    }
    const bool finish = decision.finish;
    const std::uint32_t circuit = asked_.index_of(circuit_of(std::move(decision)), answered_);
    return 1 + 2 * circuit + (finish ? 1 : 0);
  }

  Answers answers(const LstmState& state) {
    Answers answers;
    for (const MaskRun& experiment : merging_.experiments) {
      budget_.spend(experiment.size());
      answers.push_back(answer(state, experiment));
    }
    return answers;
  }

  std::uint32_t add(LstmState state) {
    return states_.index_of(std::move(state),
                            [this](const LstmState& asked) { return answers(asked); });
  }

  void expand(std::size_t s) {
    budget_.spend(controller_.recurrent() ? automaton_.masks : 0);
    for (std::uint32_t mask = 0; mask < automaton_.masks; ++mask) {
      LstmState state = states_[s];
      const std::vector<float> logits = controller_.logits(mask, state);
      Transition transition;
      Decision decision = decide(controller_.layout(), logits);
      transition.finish = decision.finish;
      transition.circuit = circuits_.index_of(circuit_of(std::move(decision)), automaton_.circuits);
      // Nothing follows a finishing step, so it reaches no state.
      transition.next_state = transition.finish ? 0 : add(std::move(state));
      automaton_.table.push_back(transition);
      const std::vector<float> sure = confidence(controller_.layout(), logits);
      automaton_.confidence.insert(automaton_.confidence.end(), sure.begin(), sure.end());
    }
  }

  const LiveController& controller_;
  const Merging& merging_;
  Budget& budget_;
  StateSet states_;
  CircuitSet circuits_;
  Automaton automaton_;
  // Those in answers to experiments, which the automaton need not have.
  CircuitSet asked_;
  std::vector<Circuit> answered_;
};

}  // namespace

Enumerated enumerate(const LiveController& controller, const Merging& merging,
                     std::size_t max_states, Budget& budget) {
  return Enumeration(controller, merging, budget).run(max_states);
}

}  // namespace nram
