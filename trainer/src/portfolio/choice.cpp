#include "portfolio/choice.hpp"

#include "attempt_plan.hpp"
#include "evidence/comparison.hpp"
#include "evidence/reliance.hpp"
#include "evidence/sorting.hpp"
#include "portfolio/machine_modules.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <nram/engine/simplify.hpp>

namespace nram {
namespace {

bool are_equal(const Program& a, const Program& b) {
  return a.machine().registers() == b.machine().registers() &&
         names_of(a.machine().modules()) == names_of(b.machine().modules()) &&
         a.circuits() == b.circuits() && a.rules() == b.rules();
}

std::size_t longest(std::span<const Example> examples) {
  std::size_t cells = 0;
  for (const Example& example : examples) {
    cells = std::max(cells, example.memory.size());
  }
  return cells;
}

// Of a task that draws as many as it is asked for, the tests are longer than what is learned from.
Choice of_drawn(const Task& task, Random random) {
  constexpr std::size_t many = 600;
  constexpr std::size_t harder = 3;
  Choice choice;
  choice.assessment.grade = Grade::generalises;
  choice.assessment.programs = 1;
  for (const TestCase& test : task.draw_held_out(many, harder, random)) {
    choice.assessment.tested_cells =
        std::max(choice.assessment.tested_cells, test.example.memory.size());
  }
  return choice;
}

struct Ranked {
  std::size_t index = 0;
  bool bounded = false;
  bool stops_sorting = false;
  std::vector<std::string> relies_on{};
  std::size_t size = 0;
};

auto rank_by_trust(const Ranked& one) {
  return std::tuple(one.bounded, one.relies_on.size(), one.size);
}

// Different programs only, the one to keep first. What takes less for granted is right on all
// inputs that others are right on, whatever its size.
std::vector<Ranked> ranked(std::span<const Fit> fits, std::span<const Example> examples,
                           const Random& random, const Poll& poll) {
  const bool words = are_words(examples);
  std::vector<Ranked> order;
  for (std::size_t i = 0; i < fits.size(); ++i) {
    const Program& program = fits[i].program;
    const bool is_new = std::ranges::none_of(order, [&](const Ranked& earlier) {
      return are_equal(fits[earlier.index].program, program);
    });
    if (is_new) {
      const bool stops_sorting = sorts_examples_only(program, examples, words, random, poll);
      order.push_back({i, stops_sorting || is_bounded(program, examples, words, random, poll),
                       stops_sorting, reliances_of(program, examples, words, random, poll),
                       size_of(program)});
    }
  }
  std::ranges::stable_sort(order, {}, rank_by_trust);
  return order;
}

Choice of_examples(std::span<const Example> examples, std::span<const Fit> fits,
                   const Random& random, const Poll& poll) {
  std::vector<Ranked> order = ranked(fits, examples, random, poll);
  const bool is_bounded = order.front().bounded;
  // What cannot be right on longer inputs says nothing about what can.
  std::erase_if(order, [&](const Ranked& one) { return one.bounded != is_bounded; });

  Choice choice{order.front().index, {}};
  Assessment& assessment = choice.assessment;
  assessment.examples = examples.size();
  assessment.tested_cells = longest(examples);
  assessment.programs = order.size();
  assessment.relies_on = order.front().relies_on;
  assessment.stops_sorting = order.front().stops_sorting;
  std::size_t learned = std::numeric_limits<std::size_t>::max();
  std::vector<Program> programs;
  for (const Ranked& one : order) {
    programs.push_back(fits[one.index].program);
    learned = std::min(learned, fits[one.index].learned_cells);
  }
  assessment.learned_cells = learned;
  if (programs.size() > 1) {
    Comparison comparison = compare_programs(programs, examples, are_words(examples), random, poll);
    assessment.compared = comparison.inputs;
    assessment.questions = std::move(comparison.questions);
  }
  const bool longer_by_half = 2 * assessment.tested_cells >= 3 * learned;
  // Where examples are few, that another program was found and does the same is asked for.
  const bool is_backed = examples.size() >= few_examples || assessment.compared > 0;
  assessment.grade = is_bounded                      ? Grade::bounded
                     : !assessment.questions.empty() ? Grade::ambiguous
                     : longer_by_half && is_backed   ? Grade::generalises
                                                     : Grade::fits;
  return choice;
}

// What is known without looking at anything.
Choice of_haste(std::span<const Example> examples, std::span<const Fit> fits) {
  Choice choice;
  choice.assessment.grade = Grade::fits;
  choice.assessment.examples = examples.size();
  choice.assessment.programs = fits.size();
  choice.assessment.learned_cells = fits.front().learned_cells;
  choice.assessment.tested_cells = longest(examples);
  choice.assessment.is_cut_short = true;
  return choice;
}

}  // namespace

Choice choose(const Task& task, std::span<const Fit> fits, const Random& random, const Poll& poll) {
  const std::span<const Example> examples = task.examples();
  if (examples.empty()) {
    return of_drawn(task, random);
  }
  try {
    return of_examples(examples, fits, random, poll);
  } catch (const Cancelled&) {
    return of_haste(examples, fits);
  }
}

}  // namespace nram
