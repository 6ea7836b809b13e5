#include "evidence/shrink.hpp"
#include "evidence/variations.hpp"

#include <algorithm>
#include <memory>
#include <numeric>
#include <tuple>
#include <utility>

#include <nram/trainer/distinguish.hpp>
#include <nram/trainer/evaluation.hpp>

namespace nram {
namespace {

// Inputs in the order in which they are preferred: those on which both finish first, then small
// ones.
auto rank_of(const DifferingInput& found) {
  const std::vector<Word>& memory = found.input.memory;
  return std::tuple(!(found.a.finished && found.b.finished), memory.size(),
                    std::accumulate(memory.begin(), memory.end(), 0.0), memory);
}

class DifferenceSearch {
 public:
  DifferenceSearch(const Program& a, const Program& b, const InputSearch& search)
      : comparison_(a, b), search_(search) {}

  InputSearchResult run() {
    if (search_.draw) {
      for (std::uint64_t i = 0; result_.tried < search_.count && i < 2 * search_.count; ++i) {
        Random random(search_.seed, i);
        if (const auto input = search_.draw(i, random)) {
          attempt(*input);
        }
      }
    } else {
      try_all_small();
      for (std::uint64_t i = 0; result_.tried < search_.count; ++i) {
        attempt(random_input(i));
      }
    }
    if (result_.found) {
      make_smaller();
    }
    return std::move(result_);
  }

 private:
  // The modulus, if the input is possible under it.
  [[nodiscard]] static std::optional<Modulus> fitting(const ModulusRule& rule,
                                                      const Example& input) {
    const Modulus modulus = rule.modulus_for(input.memory.size(), CellType::u64);
    const auto fits = [&](const std::vector<Word>& values) {
      return std::ranges::all_of(values, [&](Word value) { return modulus.contains(value); });
    };
    return fits(input.memory) && fits(input.registers) ? std::optional(modulus) : std::nullopt;
  }

  // What comes of the input under one of the moduli, if it is a difference.
  std::optional<DifferingInput> difference(const Example& input, const ModulusRule& rule) {
    if (search_.poll) {
      search_.poll();
    }
    const auto modulus = fitting(rule, input);
    if (!modulus) {
      return std::nullopt;
    }
    auto behaviours = comparison_.run(input, *modulus);
    if (!differ(behaviours)) {
      return std::nullopt;
    }
    return DifferingInput{input, *modulus, std::move(behaviours.first),
                          std::move(behaviours.second)};
  }

  void attempt(const Example& input) {
    ++result_.tried;
    for (const ModulusRule& rule : search_.moduli) {
      auto found = difference(input, rule);
      if (found && (!result_.found || rank_of(*found) < rank_of(*result_.found))) {
        result_.found = std::move(found);
        rule_ = rule;
      }
    }
  }

  // At most half of the inputs.
  void try_all_small() {
    const bool cells_only = std::ranges::all_of(search_.moduli, &ModulusRule::is_cells);
    for (std::size_t cells = 1;; ++cells) {
      const Word largest = cells_only ? cells - 1 : cells;
      double memories = 1;
      for (std::size_t i = 0; i < cells; ++i) {
        memories *= static_cast<double>(largest) + 1;
      }
      if (static_cast<double>(result_.tried) + memories > static_cast<double>(search_.count) / 2) {
        return;
      }
      Example input;
      input.memory.assign(cells, 0);
      for (bool more = true; more;) {
        attempt(input);
        std::size_t digit = cells;
        while (digit > 0 && input.memory[digit - 1] == largest) {
          input.memory[--digit] = 0;
        }
        more = digit > 0;
        if (more) {
          ++input.memory[digit - 1];
        }
      }
      result_.exhaustive_cells = cells;
    }
  }

  // Mostly addresses, small numbers and zeros, sorted ones and equal ones, now and then the largest
  // there are: what programs look at.
  [[nodiscard]] Example random_input(std::uint64_t i) const {
    constexpr std::uint64_t most_cells = 40;
    Random random(search_.seed, i);
    Example input;
    const std::size_t cells = 1 + random.below(random.chance(0.5) ? 12 : most_cells);
    const bool small = random.chance(0.5);
    const double zeros = random.chance(0.5) ? 0.1 : 0.4;
    const double large = !small && random.chance(0.3) ? 0.2 : 0.0;
    for (std::size_t cell = 0; cell < cells; ++cell) {
      const Word value = random.chance(zeros)   ? 0
                         : random.chance(large) ? ~random.below(3)
                                                : random.below(small ? 4 : cells + 2);
      input.memory.push_back(value);
    }
    if (random.chance(0.2)) {
      std::ranges::sort(input.memory.begin() + static_cast<std::ptrdiff_t>(cells / 3),
                        input.memory.end());
    }
    // What is below the number of cells is an input under every modulus.
    for (Word& value : input.memory) {
      value = i % 2 == 0 ? value % cells : value;
    }
    return input;
  }

  void take(std::optional<DifferingInput> found) {
    if (found && rank_of(*found) < rank_of(*result_.found)) {
      result_.found = std::move(found);
    }
  }

  void make_smaller() {
    constexpr std::size_t most_tries = 20'000;
    if (!search_.draw) {
      const bool both_finish = result_.found->a.finished && result_.found->b.finished;
      Example smaller = result_.found->input;
      smaller.memory = shrunk(
          smaller.memory,
          [&](const std::vector<Word>& memory) {
            Example input;
            input.memory = memory;
            const auto found = difference(input, rule_);
            return found && (found->a.finished && found->b.finished) == both_finish;
          },
          most_tries);
      take(difference(smaller, rule_));
    } else if (search_.shrink) {
      Random random(search_.seed, search_.count);
      for (std::size_t i = 0; i < most_tries / 10; ++i) {
        if (const auto smaller = search_.shrink(result_.found->input, random)) {
          take(difference(*smaller, rule_));
        }
      }
    }
  }

  BehaviourComparison comparison_;
  const InputSearch& search_;
  InputSearchResult result_{};
  ModulusRule rule_ = ModulusRule::word();  // under which the input was found
};

}  // namespace

BehaviourComparison::BehaviourComparison(const Program& a, const Program& b)
    : a_{make_executor(Engine::interpreter, a), a.meaning()},
      b_{make_executor(Engine::interpreter, b), b.meaning()} {}

std::uint64_t BehaviourComparison::step_limit(std::size_t cells) {
  constexpr std::uint64_t constant = 1000;
  constexpr std::uint64_t per_cell = 100;
  return constant + per_cell * cells;
}

Behaviour BehaviourComparison::run(const Side& side, const Example& input, Modulus modulus) {
  Behaviour behaviour;
  behaviour.memory = input.memory;
  RunOptions options;
  options.modulus = modulus;
  options.registers = initial_registers(input, side.executor->machine());
  options.step_limit = side.meaning.steps.value_or(step_limit(input.memory.size()));
  behaviour.result = side.executor->run(MemoryView(std::span(behaviour.memory)), options);
  const Outcome outcome = behaviour.result.outcome;
  behaviour.finished = outcome == Outcome::finished ||
                       (outcome == Outcome::step_limit && side.meaning.steps.has_value());
  return behaviour;
}

std::pair<Behaviour, Behaviour> BehaviourComparison::run(const Example& input,
                                                         Modulus modulus) const {
  return {run(a_, input, modulus), run(b_, input, modulus)};
}

bool differ(const std::pair<Behaviour, Behaviour>& behaviours) {
  const auto& [a, b] = behaviours;
  return a.finished != b.finished || (a.finished && a.memory != b.memory);
}

InputSearchResult find_differing_input(const Program& a, const Program& b,
                                       const InputSearch& search) {
  return DifferenceSearch(a, b, search).run();
}

void draw_like(std::span<const Example> examples, bool words, InputSearch& search) {
  const auto inputs = std::make_shared<std::vector<Example>>(examples.begin(), examples.end());
  const auto variations = std::make_shared<Variations>(*inputs, words);
  search.draw = [inputs, variations](std::uint64_t i, Random& random) -> std::optional<Example> {
    return i < inputs->size() ? (*inputs)[i] : variations->draw(random);
  };
  search.shrink = [variations](const Example& input, Random& random) {
    return variations->shrink(input, random);
  };
}

}  // namespace nram
