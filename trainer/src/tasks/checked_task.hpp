#pragma once

// A task whose contract is checked with everything that is drawn.

#include "tasks/forwarding_task.hpp"

#include <vector>

#include <nram/trainer/task.hpp>

namespace nram {

/// Draws what the other task draws; throws Error(data) where that breaks the contract of Task.
class CheckedTask final : public ForwardingTask {
 public:
  /// The task must outlive this.
  explicit CheckedTask(const Task& task);

  [[nodiscard]] std::vector<Example> draw_level(std::size_t level, std::size_t count,
                                                Random& random) const override;
  [[nodiscard]] std::vector<TestCase> draw_cases(std::size_t level, std::size_t count,
                                                 Word largest_modulus,
                                                 Random& random) const override;
  [[nodiscard]] std::vector<TestCase> draw_held_out(std::size_t count, std::size_t scale,
                                                    Random& random) const override;
  [[nodiscard]] std::size_t stages() const override { return 1 + later_.size(); }
  [[nodiscard]] const Task& stage(std::size_t stage) const override {
    return stage == 0 ? *this : later_[stage - 1];
  }

 private:
  std::vector<CheckedTask> later_;  ///< the stages behind the first
};

}  // namespace nram
