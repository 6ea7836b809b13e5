#pragma once

// Learning of an automaton's weights by gradient descent, in stages: so many iterations on fresh
// examples, then a look at what has been learned on examples that are always the same.

#include "attempt_plan.hpp"
#include "attempts/attempt.hpp"
#include "attempts/automaton_examples.hpp"
#include "attempts/gradient_training.hpp"
#include "attempts/learned_automaton.hpp"

#include <cstdint>

namespace nram {

class AutomatonTraining {
 public:
  /// Begins with random weights. What the context refers to, and the automaton, must outlive this.
  AutomatonTraining(const AttemptContext& context, std::uint64_t number, const AutomatonPlan& plan,
                    const LearnedAutomaton& automaton, Random& random);

  /// The weights and how they are learned.
  [[nodiscard]] GradientTraining& weights() { return weights_; }
  [[nodiscard]] const GradientTraining& weights() const { return weights_; }
  [[nodiscard]] AutomatonExamples& examples() { return examples_; }
  [[nodiscard]] const AutomatonExamples& examples() const { return examples_; }

  /// One iteration of the stage. Precondition: !is_at_stage_end().
  void iterate(Random& random);
  [[nodiscard]] bool is_at_stage_start() const { return stage_iteration_ == 0; }
  /// After its iterations, or when cost or gradient has not been a finite number.
  [[nodiscard]] bool is_at_stage_end() const;
  /// What the stage has led to: the cost of the weights, infinite if they have diverged. The next
  /// one begins.
  double end_stage();

  /// The cost of the weights on the validation examples; infinite if it is not a finite number.
  double validation_cost();
  /// The share of right cells then.
  [[nodiscard]] double accuracy() const { return accuracy_; }

  /// Iterations, in all stages.
  [[nodiscard]] std::uint64_t work() const { return work_; }

  /// Adds the state to what an attempt saves; puts it back. The latter throws Error(data) as
  /// GradientTraining and AutomatonExamples do.
  void save_to(Json& saved) const;
  void restore_from(const Json& saved, AttemptStatus status);

 private:
  const Settings& settings_;
  CostSettings cost_;
  unsigned stage_iterations_;
  GradientTraining weights_;
  AutomatonExamples examples_;
  double accuracy_ = 0.0;
  unsigned stage_iteration_ = 0;
  bool is_finite_ = true;  // what this stage has seen
  std::uint64_t work_ = 0;
};

}  // namespace nram
