#include "discrete/example_source.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <nram/engine/error.hpp>

namespace nram::discrete {
namespace {

// Steps a candidate may take in an example: room for programs that are not the shortest. An
// automaton, which looks at one register a step, needs more of them.
std::uint64_t search_budget(std::uint64_t training_budget, unsigned states) {
  constexpr std::uint64_t most = 255;
  const std::uint64_t halves = states == 1 ? 3 : 4;
  return std::min(std::min(training_budget, most) * halves / 2 + 4, most);
}

}  // namespace

std::vector<TestCase> ExampleSource::draw(Random& random) const {
  constexpr std::size_t together = 4;
  constexpr unsigned most_tries = 1000;
  const auto any_level = [&] { return random.below(task_.small_levels()); };
  std::vector<TestCase> examples;
  for (unsigned tries = 0; examples.size() < count; ++tries) {
    const std::size_t a = any_level();
    const std::size_t b = any_level();
    const std::size_t level = settings_.levels == Levels::easier ? std::min(a, b) : std::max(a, b);
    for (TestCase& test : task_.draw_cases(level, together, ExampleBatch::max_modulus, random)) {
      if (ExampleBatch::fits(test) && examples.size() < count) {
        test.example.steps = search_budget(*test.example.steps, settings_.states);
        examples.push_back(std::move(test));
      }
    }
    if (tries > most_tries) {
      throw Error(ErrorKind::data,
                  fmt::format("annealing needs examples of at most {} cells with values below {}; "
                              "switch it off or give it smaller ones",
                              ExampleBatch::max_cells, ExampleBatch::max_modulus - 1));
    }
  }
  return examples;
}

std::vector<ExampleBatch> ExampleSource::batches(std::vector<TestCase>& examples) const {
  const auto effort = [](const TestCase& test) {
    return test.example.memory.size() * *test.example.steps;
  };
  std::stable_sort(examples.begin(), examples.end(),
                   [&](const TestCase& a, const TestCase& b) { return effort(a) < effort(b); });
  std::vector<ExampleBatch> batches;
  for (std::size_t i = 0; i < batch_count; ++i) {
    batches.emplace_back(std::span(examples).subspan(i * byte_lanes, byte_lanes),
                         settings_.registers, settings_.prologue_cells);
  }
  return batches;
}

ExampleBatch ExampleSource::batch_of(const TestCase& example) const {
  return ExampleBatch(std::span(&example, 1), settings_.registers, settings_.prologue_cells);
}

}  // namespace nram::discrete
