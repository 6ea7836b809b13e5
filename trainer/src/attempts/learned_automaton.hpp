#pragma once

// What an attempt at a differentiable automaton learns: the weights of an automaton on a machine to
// learn with, and the program for the task's machine that they stand for.

#include "attempt_plan.hpp"
#include "attempts/attempt.hpp"
#include "programs/learning_machine.hpp"
#include "soft/soft_automaton.hpp"

#include <span>
#include <vector>

#include <nram/trainer/soft_machine.hpp>

namespace nram {

class LearnedAutomaton {
 public:
  /// As planned, with modules drawn at random.
  LearnedAutomaton(const AttemptContext& context, const AutomatonPlan& plan, Random& random);

  /// The machine of the task's program, but for registers that a second round takes.
  [[nodiscard]] const Machine& target() const { return target_; }
  /// Of modules, in a step of what is learned.
  [[nodiscard]] unsigned rounds() const { return learning_.rounds(); }

  [[nodiscard]] SoftMachine soft() const;
  [[nodiscard]] std::vector<float> random_weights(Random& random) const;
  /// With some of what has been learned forgotten.
  [[nodiscard]] std::vector<float> perturbed(std::vector<float> weights, Random& random) const;

  /// The program that the weights stand for, in one round. Throws Error(data) if that has more
  /// registers than a machine can have.
  [[nodiscard]] Program program_of(std::span<const float> weights) const;

 private:
  Machine target_;
  LearningMachine learning_;
  SoftAutomaton automaton_;
};

}  // namespace nram
