#include "discrete/example_source.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <nram/engine/error.hpp>

namespace nram::discrete {
namespace {

// Steps a candidate may take in an example: room for programs that are not the shortest, unless the
// task wants these. An automaton, which looks at one register a step, needs more of them.
std::uint64_t search_budget(const Task& task, std::uint64_t training_budget, unsigned states) {
  const std::uint64_t halves = states == 1 ? 3 : 4;
  const std::uint64_t budget = std::min<std::uint64_t>(training_budget, ExampleBatch::max_steps);
  if (task.strict_budgets()) {
    return budget;
  }
  return std::min<std::uint64_t>(budget * halves / 2 + 4, ExampleBatch::max_steps);
}

}  // namespace

ExampleSource::ExampleSource(const Task& task, const ExampleSourceSettings& settings)
    : task_(task), settings_(settings) {
  constexpr std::size_t of_each_level = 8;
  constexpr std::size_t enough = 24;        // different examples, to begin with
  constexpr std::size_t short_enough = 32;  // cells, and half as many again as the shortest have
  Random random(0);  // of its own: whatever is found here, the same is drawn later on
  std::set<std::vector<Word>> seen;
  std::size_t shortest = 0;
  for (std::size_t level = 0; level < task.small_levels(); ++level) {
    std::size_t longest = 0;
    for (TestCase& test :
         task.draw_cases(level, of_each_level, ExampleBatch::max_byte_modulus, random)) {
      const std::size_t cells = test.example.memory.size();
      test.example.steps = search_budget(task, *test.example.steps, settings.states);
      width_ = std::max(width_, ExampleBatch::width_of(test));
      longest = std::max(longest, cells);
      seen.insert(std::move(test.example.memory));
    }
    shortest = level == 0 ? longest : shortest;
    if (longest <= std::max(short_enough, shortest + shortest / 2) || seen.size() < enough) {
      short_levels_ = level + 1;
    }
  }
  largest_modulus_ = ExampleBatch::max_byte_modulus;
  if (width_ == LaneWidth::bits8) {
    short_levels_ = task.small_levels();
  } else {
    choose_wide_lanes();
  }
}

// With a modulus that few bits hold, examples of words need no wider lanes than their values do.
void ExampleSource::choose_wide_lanes() {
  constexpr std::size_t of_each_level = 8;
  constexpr std::array<std::pair<LaneWidth, Word>, 2> choices = {
      {{LaneWidth::bits16, std::numeric_limits<std::uint16_t>::max()},
       {LaneWidth::bits32, std::numeric_limits<std::uint32_t>::max()}}};
  for (const auto& [width, modulus] : choices) {
    Random random(0);
    largest_modulus_ = modulus;
    width_ = width;
    for (std::size_t level = 0; level < task_.small_levels(); ++level) {
      for (TestCase& test : task_.draw_cases(level, of_each_level, modulus, random)) {
        test.example.steps = search_budget(task_, *test.example.steps, settings_.states);
        width_ = std::max(width_, ExampleBatch::width_of(test));
      }
    }
    if (width_ == width) {
      return;
    }
  }
}

bool ExampleSource::takes(const TestCase& test) const {
  return width_ == LaneWidth::bits8 ? ExampleBatch::width_of(test) == LaneWidth::bits8
                                    : ExampleBatch::fits(test);
}

std::vector<TestCase> ExampleSource::draw(Random& random, Reach reach) const {
  constexpr std::size_t together = 4;
  constexpr unsigned most_tries = 1000;
  const std::size_t levels = reach == Reach::all ? task_.small_levels() : short_levels_;
  const auto any_level = [&] { return random.below(levels); };
  std::vector<TestCase> examples;
  for (unsigned tries = 0; examples.size() < count(); ++tries) {
    const std::size_t a = any_level();
    const std::size_t b = any_level();
    const std::size_t level = settings_.levels == Levels::easier ? std::min(a, b) : std::max(a, b);
    for (TestCase& test : task_.draw_cases(level, together, largest_modulus_, random)) {
      test.example.steps = search_budget(task_, *test.example.steps, settings_.states);
      if (takes(test) && examples.size() < count()) {
        examples.push_back(std::move(test));
      }
    }
    if (tries > most_tries) {
      throw Error(ErrorKind::data,
                  fmt::format("task {}: the discrete search learns from memories of at most {} "
                              "cells, of which there are hardly any; add shorter examples of the "
                              "same task (what is found is tested on the longer ones, too)",
                              task_.name(), ExampleBatch::max_cells));
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
  for (std::size_t from = 0; from < examples.size(); from += batches.back().count) {
    batches.emplace_back(std::span(examples).subspan(from), settings_.registers,
                         settings_.prologue_cells);
  }
  return batches;
}

ExampleBatch ExampleSource::batch_of(const TestCase& example) const {
  return ExampleBatch(std::span(&example, 1), settings_.registers, settings_.prologue_cells);
}

}  // namespace nram::discrete
