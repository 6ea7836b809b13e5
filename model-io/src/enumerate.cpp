#include "automaton.hpp"
#include "decision.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <nram/model-io/controller_eval.hpp>

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

// The controller states found so far.
class StateSet {
 public:
  StateSet(LstmState start, double tolerance) : tolerance_(tolerance) {
    states_.push_back(std::move(start));
  }

  // The index of the nearest state within the tolerance; of a new one if there is none.
  std::uint32_t index_of(LstmState state) {
    double best = tolerance_;
    std::size_t nearest = states_.size();
    for (std::size_t i = 0; i < states_.size(); ++i) {
      const double d = std::max(distance(states_[i].hidden, state.hidden, best),
                                distance(states_[i].cell, state.cell, best));
      if (d <= best && (nearest == states_.size() || d < best)) {
        best = d;
        nearest = i;
      }
    }
    if (nearest == states_.size()) {
      states_.push_back(std::move(state));
    } else {
      largest_merge_ = std::max(largest_merge_, best);
    }
    return static_cast<std::uint32_t>(nearest);
  }

  [[nodiscard]] std::size_t size() const { return states_.size(); }
  [[nodiscard]] const LstmState& operator[](std::size_t i) const { return states_[i]; }
  [[nodiscard]] double largest_merge() const { return largest_merge_; }

 private:
  double tolerance_;
  std::vector<LstmState> states_;
  double largest_merge_ = 0.0;
};

}  // namespace

std::optional<Automaton> enumerate(const Model& model, double tolerance, std::size_t max_states) {
  const Machine& machine = model.machine();
  const SelectorLayout layout(machine);
  Automaton automaton;
  automaton.masks = machine.masks();
  CircuitSet circuits;
  StateSet states(LstmState::start(model.controller()), tolerance);
  for (std::size_t s = 0; s < states.size(); ++s) {
    if (states.size() > max_states) {
      return std::nullopt;
    }
    for (std::uint32_t mask = 0; mask < machine.masks(); ++mask) {
      LstmState state = states[s];
      const Decision decision =
          decide(layout, controller_outputs(model, zero_bits(machine, mask), state));
      Transition transition;
      transition.circuit = circuits.index_of(decision.circuit, automaton.circuits);
      transition.finish = decision.finish;
      // Nothing follows a finishing step, so it reaches no state.
      transition.next_state = decision.finish ? 0 : states.index_of(std::move(state));
      automaton.table.push_back(transition);
      automaton.confidence.insert(automaton.confidence.end(), decision.confidence.begin(),
                                  decision.confidence.end());
    }
  }
  automaton.largest_merge = states.largest_merge();
  return automaton;
}

std::uint64_t count_disagreements(const Model& model, const Automaton& automaton,
                                  std::uint64_t steps) {
  const Machine& machine = model.machine();
  const SelectorLayout layout(machine);
  // Sequences of this length see the transient of the controller and where it settles.
  constexpr std::uint64_t sequence = 64;
  std::mt19937_64 random(1);
  std::uint64_t disagreements = 0;
  LstmState live = LstmState::start(model.controller());
  std::uint32_t state = 0;
  for (std::uint64_t step = 1; step <= steps; ++step) {
    const auto mask = static_cast<std::uint32_t>(random()) & (machine.masks() - 1);
    const Decision decision =
        decide(layout, controller_outputs(model, zero_bits(machine, mask), live));
    const Transition& transition = automaton.at(state, mask);
    const bool agrees = decision.finish == transition.finish &&
                        decision.circuit == automaton.circuits[transition.circuit];
    disagreements += agrees ? 0 : 1;
    state = transition.next_state;
    if (!agrees || decision.finish || step % sequence == 0) {
      live = LstmState::start(model.controller());
      state = 0;
    }
  }
  return disagreements;
}

}  // namespace nram
