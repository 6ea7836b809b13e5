#include "tasks/layout.hpp"

#include <algorithm>
#include <array>

#include <nram/trainer/task.hpp>

namespace nram {
namespace {

constexpr std::array patterns = {ValuePattern::random, ValuePattern::equal, ValuePattern::ascending,
                                 ValuePattern::descending, ValuePattern::largest};

// The table of tasks: name, summary, registers, smallest n, training sizes, steps = constant + k·n.
constexpr std::array rows = {
    BuiltinTask::Row{"access", "k, A[0..n-1]  ->  mem[0] = A[k]", 2, 1, 5, 4, 0, tasks::access},
    BuiltinTask::Row{"increment", "A[0..n-1], NULL  ->  A[i] + 1", 2, 1, 5, 3, 1, tasks::increment},
    BuiltinTask::Row{"copy", "p, A[0..n-1], NULL  ->  A at p", 3, 1, 5, 4, 1, tasks::copy},
    BuiltinTask::Row{"reverse", "p, A[0..n-1], NULL  ->  A reversed at p", 3, 1, 5, 5, 2,
                     tasks::reverse},
    BuiltinTask::Row{"swap", "p, q, A[0..n-1], NULL  ->  mem[p], mem[q] exchanged", 3, 1, 5, 7, 0,
                     tasks::swap},
    BuiltinTask::Row{"permutation",
                     "a, P[0..n-1], A[0..n-1] (a = address of A)  ->  P[i] replaced by A[P[i]]", 3,
                     1, 5, 5, 2, tasks::permutation},
    BuiltinTask::Row{"list-k", "head, k, out, nodes (next, value)  ->  mem[out] = k-th value", 3, 1,
                     5, 6, 2, tasks::list_k},
    BuiltinTask::Row{"list-search",
                     "head, v, out, nodes (next, value)  ->  mem[out] = first node holding v", 3, 1,
                     5, 6, 3, tasks::list_search},
    BuiltinTask::Row{"merge", "a, b, o, A, 0, B, 0 (sorted)  ->  merged at o", 6, 2, 6, 8, 3,
                     tasks::merge},
    BuiltinTask::Row{
        "walk-bst",
        "root, out, d1..dn, 0, nodes (value, left, right)  ->  mem[out] = value reached", 3, 1, 4,
        5, 2, tasks::walk_bst},
};

}  // namespace

std::vector<Example> BuiltinTask::draw_level(std::size_t level, std::size_t count,
                                             Random& random) const {
  // Tight memories are where wrap-around bites, loose ones where trash lies behind the data.
  const std::size_t n = row_->min_n + level;
  Draw shape{n, random.chance(0.3) ? 0 : random.below(n + 4)};
  std::vector<Example> examples;
  std::size_t cells = 0;
  while (examples.size() < count) {
    shape.values =
        random.chance(0.6) ? ValuePattern::random : patterns[random.below(patterns.size())];
    shape.trash = random.chance(0.75);
    Example example = draw(shape, random);
    // Some tasks lay out a random number of cells; a group keeps to the first one's.
    if (examples.empty()) {
      cells = example.memory.size();
    }
    if (example.memory.size() == cells) {
      examples.push_back(std::move(example));
    }
  }
  return examples;
}

std::vector<TestCase> BuiltinTask::draw_cases(std::size_t level, std::size_t count,
                                              Word largest_modulus, Random& random) const {
  std::vector<TestCase> cases;
  if (random.chance(0.6)) {
    for (Example& example : draw_level(level, count, random)) {
      cases.push_back({std::move(example), std::nullopt});
    }
    return cases;
  }
  while (cases.size() < count) {
    const std::size_t n = row_->min_n + level;
    const Modulus modulus = Modulus::of(random.between(largest_modulus / 2, largest_modulus));
    TestCase test{draw_random(n, modulus, random), modulus};
    if (test.example.memory.size() < modulus.value()) {
      cases.push_back(std::move(test));
    }
  }
  return cases;
}

std::vector<TestCase> BuiltinTask::draw_held_out(std::size_t count, std::size_t scale,
                                                 Random& random) const {
  std::vector<TestCase> cases;
  for (std::size_t i = 0; i < count; ++i) {
    // Half small (where exhaustive luck is least likely to hide a fault), half up to ten times
    // longer than anything in training.
    const std::size_t largest =
        i % 2 == 0 ? row_->training_sizes : 10 * row_->training_sizes * scale;
    const std::size_t n = row_->min_n + random.below(largest);
    std::optional<Modulus> modulus;
    if (random.chance(0.4)) {
      modulus = random.chance(0.5) ? Modulus::word64() : Modulus::word32();
    }
    cases.push_back({draw_random(n, modulus, random), modulus});
  }
  return cases;
}

Example BuiltinTask::draw(Draw draw, Random& random) const {
  draw.n = std::max(draw.n, row_->min_n);
  Example example = row_->draw(draw, random);
  example.steps = row_->steps_constant + row_->steps_per_n * draw.n;
  return example;
}

Example BuiltinTask::draw_random(std::size_t n, std::optional<Modulus> modulus,
                                 Random& random) const {
  Draw shape{n, random.chance(0.3) ? 0 : random.below(n + 4)};
  shape.values =
      random.chance(0.5) ? ValuePattern::random : patterns[random.below(patterns.size())];
  shape.trash = random.chance(0.75);
  shape.modulus = modulus;
  return draw(shape, random);
}

std::span<const BuiltinTask> builtin_tasks() {
  static const std::vector<BuiltinTask> tasks = [] {
    std::vector<BuiltinTask> made;
    for (const BuiltinTask::Row& row : rows) {
      made.emplace_back(row);
    }
    return made;
  }();
  return tasks;
}

const BuiltinTask* find_task(std::string_view name) {
  const auto tasks = builtin_tasks();
  const auto it = std::find_if(tasks.begin(), tasks.end(),
                               [&](const BuiltinTask& task) { return task.name() == name; });
  return it == tasks.end() ? nullptr : &*it;
}

}  // namespace nram
