#include "tasks/checked_task.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include <nram/engine/error.hpp>

namespace nram {
namespace {

[[noreturn]] void refuse(const Task& task, std::string_view call, const std::string& what) {
  throw Error(ErrorKind::data, fmt::format("task {}: {}: {}", task.name(), call, what));
}

// What is wrong with an example on its own; empty if nothing is.
std::string fault_of(const Example& example, const std::optional<Modulus>& modulus) {
  const std::size_t cells = example.memory.size();
  if (cells == 0) {
    return "has no memory";
  }
  if (example.expected.size() != cells) {
    return fmt::format("has {} cells and {} expected ones; cells that do not count are nullopt",
                       cells, example.expected.size());
  }
  if (!example.steps || *example.steps == 0) {
    return "has no budget of steps; set Example::steps to at least 1";
  }
  if (*example.steps > largest_budget(cells)) {
    return fmt::format("has a budget of {} steps, more than {}", *example.steps,
                       largest_budget(cells));
  }
  const Modulus within = modulus.value_or(Modulus::of(cells));
  if (!within.contains(cells - 1)) {
    return fmt::format("has {} cells, more than its modulus {}", cells, within.to_string());
  }
  const Word largest = largest_value(example);
  if (!within.contains(largest)) {
    return fmt::format("has the value {}, which is not below its modulus {}", largest,
                       within.to_string());
  }
  return {};
}

void check(const Task& task, std::string_view call, std::size_t drawn, std::size_t asked) {
  if (drawn != asked) {
    refuse(task, call, fmt::format("{} examples instead of {}", drawn, asked));
  }
}

void check_cases(const Task& task, std::string_view call, const std::vector<TestCase>& cases) {
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (const std::string fault = fault_of(cases[i].example, cases[i].modulus); !fault.empty()) {
      refuse(task, call, fmt::format("example {} {}", i + 1, fault));
    }
  }
}

}  // namespace

CheckedTask::CheckedTask(const Task& task) : ForwardingTask(task) {
  if (task.levels() == 0 || task.small_levels() == 0 || task.small_levels() > task.levels()) {
    refuse(task, "levels()",
           fmt::format("there are {} levels, {} of them small; there has to be at least one small "
                       "one, and no more small ones than levels",
                       task.levels(), task.small_levels()));
  }
  for (std::size_t stage = 1; stage < task.stages(); ++stage) {
    later_.emplace_back(task.stage(stage));
  }
}

std::vector<Example> CheckedTask::draw_level(std::size_t level, std::size_t count,
                                             Random& random) const {
  std::vector<Example> examples = task().draw_level(level, count, random);
  const std::string call = fmt::format("draw_level({}, {})", level, count);
  check(task(), call, examples.size(), count);
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const Example& example = examples[i];
    if (const std::string fault = fault_of(example, std::nullopt); !fault.empty()) {
      refuse(task(), call, fmt::format("example {} {}", i + 1, fault));
    }
    const Example& first = examples.front();
    if (example.memory.size() != first.memory.size() || example.steps != first.steps) {
      refuse(task(), call,
             fmt::format("example {} has {} cells and {} steps, the first one {} and {}; a level's "
                         "examples have equally many",
                         i + 1, example.memory.size(), *example.steps, first.memory.size(),
                         *first.steps));
    }
  }
  return examples;
}

std::vector<TestCase> CheckedTask::draw_cases(std::size_t level, std::size_t count,
                                              Word largest_modulus, Random& random) const {
  std::vector<TestCase> cases = task().draw_cases(level, count, largest_modulus, random);
  const std::string call = fmt::format("draw_cases({}, {})", level, count);
  check(task(), call, cases.size(), count);
  check_cases(task(), call, cases);
  return cases;
}

std::vector<TestCase> CheckedTask::draw_held_out(std::size_t count, std::size_t scale,
                                                 Random& random) const {
  std::vector<TestCase> cases = task().draw_held_out(count, scale, random);
  const std::string call = fmt::format("draw_held_out({}, {})", count, scale);
  if (cases.empty()) {
    refuse(task(), call, "no examples");
  }
  check_cases(task(), call, cases);
  return cases;
}

}  // namespace nram
