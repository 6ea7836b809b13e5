#pragma once

// A task whose contract is checked with everything that is drawn.

#include <vector>

#include <nram/trainer/task.hpp>

namespace nram {

/// Draws what the other task draws; throws Error(data) where that breaks the contract of Task.
class CheckedTask final : public Task {
 public:
  /// The task must outlive this.
  explicit CheckedTask(const Task& task);

  [[nodiscard]] std::string_view name() const override { return task_.name(); }
  [[nodiscard]] std::string_view summary() const override { return task_.summary(); }
  [[nodiscard]] std::optional<Arithmetic> arithmetic() const override { return task_.arithmetic(); }
  [[nodiscard]] std::string arithmetic_reason() const override { return task_.arithmetic_reason(); }
  [[nodiscard]] Order order() const override { return task_.order(); }
  [[nodiscard]] std::vector<Word> constants() const override { return task_.constants(); }
  [[nodiscard]] std::size_t levels() const override { return task_.levels(); }
  [[nodiscard]] std::size_t small_levels() const override { return task_.small_levels(); }
  [[nodiscard]] unsigned initial_registers() const override { return task_.initial_registers(); }
  [[nodiscard]] bool strict_budgets() const override { return task_.strict_budgets(); }
  [[nodiscard]] bool differentiable() const override { return task_.differentiable(); }
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
  [[nodiscard]] std::optional<std::size_t> learned_cells() const override {
    return task_.learned_cells();
  }
  [[nodiscard]] std::span<const Example> examples() const override { return task_.examples(); }

 private:
  const Task& task_;
  std::vector<CheckedTask> later_;  ///< the stages behind the first
};

}  // namespace nram
