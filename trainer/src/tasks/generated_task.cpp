#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/generated_task.hpp>

namespace nram {
namespace {

constexpr std::array patterns = {ValuePattern::random, ValuePattern::equal, ValuePattern::ascending,
                                 ValuePattern::descending, ValuePattern::largest};

}  // namespace

std::vector<Example> GeneratedTask::draw_level(std::size_t level, std::size_t count,
                                               Random& random) const {
  // Tight memories are where wrap-around bites, loose ones where trash lies behind the data.
  const std::size_t n = min_n() + level;
  Draw shape{n, random.chance(0.3) ? 0 : random.below(n + 4)};
  std::vector<Example> examples;
  std::size_t cells = 0;
  const std::size_t most_draws = 1000 * (count + 1);
  for (std::size_t draws = 0; examples.size() < count; ++draws) {
    if (draws == most_draws) {
      throw Error(ErrorKind::data,
                  fmt::format("task {}: of {} examples of size {} with {} spare cells, {} have {} "
                              "cells; examples of one size need a memory of one size",
                              name(), draws, n, shape.slack, examples.size(), cells));
    }
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

std::vector<TestCase> GeneratedTask::draw_cases(std::size_t level, std::size_t count,
                                                Word largest_modulus, Random& random) const {
  std::vector<TestCase> cases;
  if (random.chance(0.6)) {
    for (Example& example : draw_level(level, count, random)) {
      cases.push_back({std::move(example), std::nullopt});
    }
    return cases;
  }
  while (cases.size() < count) {
    const std::size_t n = min_n() + level;
    const Modulus modulus = Modulus::of(random.between(largest_modulus / 2, largest_modulus));
    TestCase test{draw_random(n, modulus, random), modulus};
    if (test.example.memory.size() < modulus.value()) {
      cases.push_back(std::move(test));
    }
  }
  return cases;
}

std::vector<TestCase> GeneratedTask::draw_held_out(std::size_t count, std::size_t scale,
                                                   Random& random) const {
  std::vector<TestCase> cases;
  for (std::size_t i = 0; i < count; ++i) {
    // Half small (where exhaustive luck is least likely to hide a fault), half up to ten times
    // longer than anything in training.
    const std::size_t largest = i % 2 == 0 ? training_sizes() : 10 * training_sizes() * scale;
    const std::size_t n = min_n() + random.below(largest);
    std::optional<Modulus> modulus;
    if (random.chance(0.4)) {
      modulus = random.chance(0.5) ? Modulus::word64() : Modulus::word32();
    }
    cases.push_back({draw_random(n, modulus, random), modulus});
  }
  return cases;
}

Example GeneratedTask::draw_random(std::size_t n, std::optional<Modulus> modulus,
                                   Random& random) const {
  Draw shape{n, random.chance(0.3) ? 0 : random.below(n + 4)};
  shape.values =
      random.chance(0.5) ? ValuePattern::random : patterns[random.below(patterns.size())];
  shape.trash = random.chance(0.75);
  shape.modulus = modulus;
  return draw(shape, random);
}

FunctionTask::FunctionTask(std::string name, Function draw, std::size_t min_n,
                           std::size_t training_sizes)
    : name_(std::move(name)),
      draw_(std::move(draw)),
      min_n_(min_n),
      training_sizes_(training_sizes) {
  if (!draw_ || training_sizes_ == 0) {
    throw Error(ErrorKind::usage,
                fmt::format("task {}: it takes a function and at least one training size", name_));
  }
}

Example FunctionTask::draw(Draw draw, Random& random) const {
  draw.n = std::max(draw.n, min_n_);
  Example example = draw_(draw, random);
  example.steps = example.steps.value_or(example.memory.size() + 4);
  return example;
}

}  // namespace nram
