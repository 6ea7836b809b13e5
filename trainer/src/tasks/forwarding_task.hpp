#pragma once

#include <nram/trainer/task.hpp>

namespace nram {

/// Another task under its own name, for tasks that change what it draws. Stages are left to these:
/// they have to change, too.
class ForwardingTask : public Task {
 public:
  /// The task must outlive this.
  explicit ForwardingTask(const Task& task) : task_(task) {}

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
  [[nodiscard]] std::optional<std::size_t> learned_cells() const override {
    return task_.learned_cells();
  }
  [[nodiscard]] std::span<const Example> examples() const override { return task_.examples(); }

  [[nodiscard]] std::size_t stages() const override = 0;
  [[nodiscard]] const Task& stage(std::size_t stage) const override = 0;

 protected:
  [[nodiscard]] const Task& task() const { return task_; }

 private:
  const Task& task_;
};

}  // namespace nram
