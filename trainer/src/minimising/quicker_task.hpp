#pragma once

#include "tasks/forwarding_task.hpp"

#include <memory>
#include <vector>

#include <nram/engine/executor.hpp>
#include <nram/trainer/task.hpp>

namespace nram {

/// How many steps a program may take beside another one: so many times as many, and so many more.
struct StepLimit {
  double share = 1.0;
  std::uint64_t more = 0;
};

/// The examples of another task, to be solved in fewer steps than a program that is right takes: it
/// is the teacher who says how many.
class QuickerTask final : public ForwardingTask {
 public:
  /// The task must outlive this. `teacher` is right on its examples, and shared by those who have
  /// the stages of the task.
  QuickerTask(const Task& task, std::shared_ptr<const Executor> teacher, const StepLimit& limit);

  [[nodiscard]] bool strict_budgets() const override { return true; }
  [[nodiscard]] std::vector<Example> draw_level(std::size_t level, std::size_t count,
                                                Random& random) const override {
    return task().draw_level(level, count, random);
  }
  [[nodiscard]] std::vector<TestCase> draw_cases(std::size_t level, std::size_t count,
                                                 Word largest_modulus,
                                                 Random& random) const override;
  [[nodiscard]] std::vector<TestCase> draw_held_out(std::size_t count, std::size_t scale,
                                                    Random& random) const override;
  [[nodiscard]] std::size_t stages() const override { return 1 + later_.size(); }
  [[nodiscard]] const Task& stage(std::size_t stage) const override {
    return stage == 0 ? *this : *later_[stage - 1];
  }

 private:
  /// The steps that may be taken in the case; its own budget where the teacher does not stop.
  [[nodiscard]] std::uint64_t budget_of(const TestCase& test) const;

  std::shared_ptr<const Executor> teacher_;
  StepLimit limit_;
  std::vector<std::unique_ptr<QuickerTask>> later_;  ///< the stages behind the first
};

}  // namespace nram
