#include "minimising/quicker_task.hpp"

#include <algorithm>
#include <utility>

#include <nram/trainer/evaluation.hpp>

namespace nram {

QuickerTask::QuickerTask(const Task& task, std::shared_ptr<const Executor> teacher,
                         const StepLimit& limit)
    : ForwardingTask(task), teacher_(std::move(teacher)), limit_(limit) {
  for (std::size_t stage = 1; stage < task.stages(); ++stage) {
    later_.push_back(std::make_unique<QuickerTask>(task.stage(stage), teacher_, limit));
  }
}

std::uint64_t QuickerTask::budget_of(const TestCase& test) const {
  const Verdict verdict = judge(*teacher_, test, step_limit_of(test));
  if (!verdict.stopped) {
    return test.example.steps.value_or(verdict.steps);
  }
  // The task's own budget is for programs that are as short as can be: what is only shorter than
  // the teacher may need more.
  const auto most =
      static_cast<std::uint64_t>(static_cast<double>(verdict.steps) * limit_.share) + limit_.more;
  return std::clamp<std::uint64_t>(most, 1, largest_budget(test.example.memory.size()));
}

std::vector<TestCase> QuickerTask::draw_cases(std::size_t level, std::size_t count,
                                              Word largest_modulus, Random& random) const {
  std::vector<TestCase> cases = task().draw_cases(level, count, largest_modulus, random);
  for (TestCase& test : cases) {
    test.example.steps = budget_of(test);
  }
  return cases;
}

std::vector<TestCase> QuickerTask::draw_held_out(std::size_t count, std::size_t scale,
                                                 Random& random) const {
  std::vector<TestCase> cases = task().draw_held_out(count, scale, random);
  for (TestCase& test : cases) {
    // Whoever judges gives a program step_slack times the budget.
    test.example.steps = (budget_of(test) + step_slack - 1) / step_slack;
  }
  return cases;
}

}  // namespace nram
