#include "automaton.hpp"
#include "decision.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <span>

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

// What a controller state decides under each mask, if that matters for merging.
using Decisions = std::vector<std::uint32_t>;

// The controller states found so far.
class StateSet {
 public:
  explicit StateSet(double tolerance) : tolerance_(tolerance) {}

  // The index of the nearest state within the tolerance that decides alike; of a new one if there
  // is none.
  std::uint32_t index_of(LstmState state, Decisions decisions) {
    double best = tolerance_;
    std::size_t nearest = states_.size();
    for (std::size_t i = 0; i < states_.size(); ++i) {
      const double d = std::max(distance(states_[i].hidden, state.hidden, best),
                                distance(states_[i].cell, state.cell, best));
      const bool nearer = d <= best && (nearest == states_.size() || d < best);
      if (nearer && decisions_[i] == decisions) {
        best = d;
        nearest = i;
      }
    }
    if (nearest == states_.size()) {
      states_.push_back(std::move(state));
      decisions_.push_back(std::move(decisions));
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
  std::vector<Decisions> decisions_;
  double largest_merge_ = 0.0;
};

// One step of the live controller under a mask; moves `state` on. For an LSTM, whose automaton is
// an approximation, what does not matter is left out: it would tell states apart that do the same.
Decision step(const Model& model, const SelectorLayout& layout, std::span<const float> input,
              LstmState& state) {
  Decision decision = decide(layout, controller_outputs(model, input, state));
  if (model.controller().kind == ControllerKind::lstm) {
    decision.circuit = without_dead_arguments(model.machine(), std::move(decision.circuit));
  }
  return decision;
}

class Enumeration {
 public:
  Enumeration(const Model& model, Merging merging)
      : model_(model), layout_(model.machine()), merging_(merging), states_(merging.tolerance) {
    automaton_.masks = model.machine().masks();
    for (std::uint32_t mask = 0; mask < automaton_.masks; ++mask) {
      inputs_.push_back(zero_bits(model.machine(), mask));
    }
  }

  std::optional<Automaton> run(std::size_t max_states) {
    add(LstmState::start(model_.controller()));
    for (std::size_t s = 0; s < states_.size(); ++s) {
      expand(s);
      if (states_.size() > max_states) {
        return std::nullopt;
      }
    }
    automaton_.largest_merge = states_.largest_merge();
    return std::move(automaton_);
  }

 private:
  std::uint32_t add(LstmState state) {
    Decisions decisions;
    for (std::uint32_t mask = 0; merging_.deciding_alike && mask < automaton_.masks; ++mask) {
      LstmState next = state;
      const Decision decision = step(model_, layout_, inputs_[mask], next);
      decisions.push_back(2 * circuits_.index_of(decision.circuit, automaton_.circuits) +
                          (decision.finish ? 1 : 0));
    }
    return states_.index_of(std::move(state), std::move(decisions));
  }

  void expand(std::size_t s) {
    for (std::uint32_t mask = 0; mask < automaton_.masks; ++mask) {
      LstmState state = states_[s];
      const Decision decision = step(model_, layout_, inputs_[mask], state);
      Transition transition;
      transition.circuit = circuits_.index_of(decision.circuit, automaton_.circuits);
      transition.finish = decision.finish;
      // Nothing follows a finishing step, so it reaches no state.
      transition.next_state = decision.finish ? 0 : add(std::move(state));
      automaton_.table.push_back(transition);
      automaton_.confidence.insert(automaton_.confidence.end(), decision.confidence.begin(),
                                   decision.confidence.end());
    }
  }

  const Model& model_;
  SelectorLayout layout_;
  Merging merging_;
  StateSet states_;
  CircuitSet circuits_;
  std::vector<std::vector<float>> inputs_;  // of each mask
  Automaton automaton_;
};

// Masks as runs have them: a register that is zero mostly stays so for some steps.
class MaskSequence {
 public:
  explicit MaskSequence(std::uint32_t masks) : masks_(masks) {}

  std::uint32_t next() {
    if (random_() % 4 == 0) {
      mask_ = static_cast<std::uint32_t>(random_()) & (masks_ - 1);
    } else if (random_() % 2 == 0) {
      mask_ = (mask_ ^ (1U << (random_() % 16))) & (masks_ - 1);
    }
    return mask_;
  }

 private:
  std::uint32_t masks_;
  std::uint32_t mask_ = 0;
  std::mt19937_64 random_{1};
};

}  // namespace

std::optional<Automaton> enumerate(const Model& model, Merging merging, std::size_t max_states) {
  return Enumeration(model, merging).run(max_states);
}

std::uint64_t count_disagreements(const Model& model, const Automaton& automaton,
                                  std::uint64_t steps) {
  const Machine& machine = model.machine();
  const SelectorLayout layout(machine);
  // Sequences of this length see the transient of the controller and where it settles.
  constexpr std::uint64_t sequence = 64;
  MaskSequence masks(machine.masks());
  std::uint64_t disagreements = 0;
  LstmState live = LstmState::start(model.controller());
  std::uint32_t state = 0;
  for (std::uint64_t done = 1; done <= steps; ++done) {
    const std::uint32_t mask = masks.next();
    const Decision decision = step(model, layout, zero_bits(machine, mask), live);
    const Transition& transition = automaton.at(state, mask);
    const bool agrees = decision.finish == transition.finish &&
                        decision.circuit == automaton.circuits[transition.circuit];
    disagreements += agrees ? 0 : 1;
    state = transition.next_state;
    if (!agrees || decision.finish || done % sequence == 0) {
      live = LstmState::start(model.controller());
      state = 0;
    }
  }
  return disagreements;
}

}  // namespace nram
