#pragma once

// The weights of a differentiable automaton (soft/automaton_layout.hpp): how they begin, how what
// has been learned is perturbed, and the program they stand for.

#include "soft/automaton_layout.hpp"

#include <span>
#include <vector>

#include <nram/engine/program.hpp>
#include <nram/trainer/random.hpp>

namespace nram {

/// Draws and perturbs weights. Normal deviates everywhere; each state is a little inclined to go on
/// to the one after it, the last one to itself.
class SoftAutomaton {
 public:
  /// With `tied`, both rules of a state begin nearly alike.
  SoftAutomaton(const Machine& machine, unsigned states, bool tied)
      : layout_(machine, states), tied_(tied) {}

  [[nodiscard]] const soft::AutomatonLayout& layout() const { return layout_; }

  [[nodiscard]] std::vector<float> random_weights(Random& random) const;

  /// Forgets some of what has been learned: a state, a rule, a tenth of all choices, most of all
  /// certainty; or makes a state a variation of another one that leads to it.
  void perturb(std::vector<float>& weights, Random& random) const;

 private:
  void forget(std::span<float> logits, Random& random) const;
  void forget_state(std::vector<float>& weights, unsigned state, Random& random) const;
  void forget_rule(std::vector<float>& weights, unsigned rule, Random& random) const;
  void forget_choices(std::vector<float>& weights, Random& random) const;
  void forget_certainty(std::vector<float>& weights, Random& random) const;
  void vary_state(std::vector<float>& weights, Random& random) const;

  soft::AutomatonLayout layout_;
  bool tied_;
};

/// The program whose choices are the most probable ones (ties: the first), finishing where that is
/// more likely than not.
Program hard_automaton(const Machine& machine, const soft::AutomatonLayout& layout,
                       std::span<const float> weights);

}  // namespace nram
