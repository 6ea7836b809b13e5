#include "soft/soft_automaton.hpp"

#include <algorithm>

namespace nram {
namespace {

constexpr double deviation = 0.3;        // of fresh logits
constexpr float onwards = 1.0F;          // the inclination to go on to the next state
constexpr double untied = 0.1;           // how far rules that begin alike are apart, in deviations
constexpr double forgotten_share = 0.1;  // of choices

template <typename Action>
void for_each_selector(const SelectorLayout& layout, const Action& action) {
  std::ranges::for_each(layout.arguments, action);
  std::ranges::for_each(layout.registers, action);
}

}  // namespace

void SoftAutomaton::forget(std::span<float> logits, Random& random) const {
  for (float& logit : logits) {
    logit = static_cast<float>(deviation * random.normal());
  }
}

std::vector<float> SoftAutomaton::random_weights(Random& random) const {
  std::vector<float> weights(layout_.size());
  for (unsigned state = 0; state < layout_.states; ++state) {
    forget_state(weights, state, random);
  }
  return weights;
}

void SoftAutomaton::forget_state(std::vector<float>& weights, unsigned state,
                                 Random& random) const {
  const std::span<float> all(weights);
  forget(all.subspan(layout_.look(state), layout_.registers), random);
  const std::size_t outputs = layout_.selectors.outputs;
  std::vector<float> common(outputs);
  forget(common, random);
  for (const unsigned rule : {2 * state, 2 * state + 1}) {
    forget(all.subspan(layout_.next(rule), layout_.states), random);
    all[layout_.next(rule) + std::min(state + 1, layout_.states - 1)] += onwards;
    const std::span<float> choices = all.subspan(layout_.rule(rule), outputs);
    forget(choices, random);
    for (std::size_t i = 0; tied_ && i < outputs; ++i) {
      choices[i] = common[i] + static_cast<float>(untied) * choices[i];
    }
  }
}

void SoftAutomaton::forget_rule(std::vector<float>& weights, unsigned rule, Random& random) const {
  const std::span<float> all(weights);
  forget(all.subspan(layout_.next(rule), layout_.states), random);
  forget(all.subspan(layout_.rule(rule), layout_.selectors.outputs), random);
}

void SoftAutomaton::forget_choices(std::vector<float>& weights, Random& random) const {
  const std::span<float> all(weights);
  const auto maybe_forget = [&](std::size_t first, std::size_t size) {
    if (random.chance(forgotten_share)) {
      forget(all.subspan(first, size), random);
    }
  };
  for (unsigned state = 0; state < layout_.states; ++state) {
    maybe_forget(layout_.look(state), layout_.registers);
    const std::size_t other = layout_.rule(2 * state);
    const std::size_t zero = layout_.rule(2 * state + 1);
    // Both rules forget the same choices, and begin again alike.
    for_each_selector(layout_.selectors, [&](const Selector& selector) {
      if (random.chance(forgotten_share)) {
        forget(all.subspan(other + selector.first, selector.size), random);
        std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(other + selector.first),
                    selector.size,
                    all.begin() + static_cast<std::ptrdiff_t>(zero + selector.first));
      }
    });
    for (const unsigned rule : {2 * state, 2 * state + 1}) {
      maybe_forget(layout_.next(rule), layout_.states);
      maybe_forget(layout_.rule(rule) + layout_.selectors.finish, 1);
    }
  }
}

void SoftAutomaton::forget_certainty(std::vector<float>& weights, Random& random) const {
  const auto kept = static_cast<float>(0.2 + 0.5 * random.uniform());
  for (float& weight : weights) {
    weight = weight * kept + static_cast<float>(0.3 * deviation * random.normal());
  }
}

// One of the two states is then changed in half of its choices.
void SoftAutomaton::vary_state(std::vector<float>& weights, Random& random) const {
  const auto from = static_cast<unsigned>(random.below(layout_.states));
  const auto to = static_cast<unsigned>(random.below(layout_.states));
  const std::span<float> all(weights);
  const auto copy = [&](std::size_t source, std::size_t target, std::size_t size) {
    std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(source), size,
                all.begin() + static_cast<std::ptrdiff_t>(target));
  };
  copy(layout_.look(from), layout_.look(to), layout_.registers);
  for (unsigned z = 0; z < 2; ++z) {
    copy(layout_.next(2 * from + z), layout_.next(2 * to + z), layout_.states);
    copy(layout_.rule(2 * from + z), layout_.rule(2 * to + z), layout_.selectors.outputs);
  }
  const unsigned leading = 2 * from + static_cast<unsigned>(random.below(2));
  forget(all.subspan(layout_.next(leading), layout_.states), random);
  all[layout_.next(leading) + to] += 2.0F * onwards;
  const unsigned changed = random.chance(0.5) ? from : to;
  for_each_selector(layout_.selectors, [&](const Selector& selector) {
    if (random.chance(0.5)) {
      for (const unsigned rule : {2 * changed, 2 * changed + 1}) {
        forget(all.subspan(layout_.rule(rule) + selector.first, selector.size), random);
      }
    }
  });
}

void SoftAutomaton::perturb(std::vector<float>& weights, Random& random) const {
  switch (random.below(5)) {
    case 0:
      forget_state(weights, static_cast<unsigned>(random.below(layout_.states)), random);
      break;
    case 1:
      forget_choices(weights, random);
      break;
    case 2:
      forget_certainty(weights, random);
      break;
    case 3:
      forget_rule(weights, static_cast<unsigned>(random.below(layout_.rules())), random);
      break;
    default:
      vary_state(weights, random);
      break;
  }
}

Program hard_automaton(const Machine& machine, const soft::AutomatonLayout& layout,
                       std::span<const float> weights) {
  const auto choice = [&](std::size_t first, std::size_t size) {
    const auto logits = weights.subspan(first, size);
    return static_cast<unsigned>(std::ranges::max_element(logits) - logits.begin());
  };
  std::vector<Circuit> circuits;
  std::vector<Rule> rules;
  for (unsigned state = 0; state < layout.states; ++state) {
    const unsigned look = choice(layout.look(state), layout.registers);
    for (unsigned zero = 0; zero < 2; ++zero) {
      const unsigned rule = 2 * state + zero;
      const auto source = [&](const Selector& selector) {
        return static_cast<Source>(choice(layout.rule(rule) + selector.first, selector.size));
      };
      Circuit circuit;
      std::ranges::transform(layout.selectors.arguments, std::back_inserter(circuit.arguments),
                             source);
      std::ranges::transform(layout.selectors.registers, std::back_inserter(circuit.registers),
                             source);
      circuits.push_back(std::move(circuit));
      const bool finish = weights[layout.rule(rule) + layout.selectors.finish] > 0.0F;
      const unsigned next = choice(layout.next(rule), layout.states);
      rules.push_back({state, 1U << look, zero << look, {rule, next, finish}});
    }
  }
  return {machine, std::move(circuits), std::move(rules), {}};
}

}  // namespace nram
