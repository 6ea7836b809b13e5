#include "attempts/learned_automaton.hpp"

namespace nram {

LearnedAutomaton::LearnedAutomaton(const AttemptContext& context, const AutomatonPlan& plan,
                                   Random& random)
    : target_(plan.registers, context.modules, context.task.order()),
      learning_(target_, module_share(context.settings, random), plan.rounds,
                plan.first_round_modules, random),
      automaton_(learning_.machine(), plan.states, plan.tied) {}

SoftMachine LearnedAutomaton::soft() const {
  return {learning_.machine(), automaton_.layout().states};
}

std::vector<float> LearnedAutomaton::random_weights(Random& random) const {
  return automaton_.random_weights(random);
}

std::vector<float> LearnedAutomaton::perturbed(std::vector<float> weights, Random& random) const {
  automaton_.perturb(weights, random);
  return weights;
}

Program LearnedAutomaton::program_of(std::span<const float> weights) const {
  return learning_.unfolded(hard_automaton(learning_.machine(), automaton_.layout(), weights));
}

}  // namespace nram
