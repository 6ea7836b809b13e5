#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <nram/trainer/generated_task.hpp>

namespace nram {

/// One of the ten tasks of the paper: a named generator of examples.
class BuiltinTask final : public GeneratedTask {
 public:
  /// One row of the table of tasks.
  struct Row {
    std::string_view name;
    std::string_view summary;    ///< input memory → result
    unsigned registers;          ///< of the smallest feed-forward program known for it
    std::size_t min_n;           ///< the smallest problem size
    std::size_t training_sizes;  ///< how many sizes, from min_n on, are small; the curriculum of
                                 ///< gradients has twice as many
    std::size_t steps_constant;  ///< training budget of steps: constant + per_n · n
    std::size_t steps_per_n;
    Example (*draw)(const Draw& draw, Random& random);
  };

  explicit constexpr BuiltinTask(const Row& row) : row_(&row) {}

  [[nodiscard]] std::string_view name() const override { return row_->name; }
  [[nodiscard]] std::string_view summary() const override { return row_->summary; }
  /// The registers of the smallest feed-forward program known for the task; information for
  /// people, which the trainer does not see.
  [[nodiscard]] unsigned registers() const { return row_->registers; }

  [[nodiscard]] std::size_t min_n() const override { return row_->min_n; }
  [[nodiscard]] std::size_t training_sizes() const override { return row_->training_sizes; }
  [[nodiscard]] Example draw(Draw draw, Random& random) const override;

 private:
  const Row* row_;
};

/// The ten tasks of the paper.
std::span<const BuiltinTask> builtin_tasks();

/// The built-in task of this name, or null.
const BuiltinTask* find_task(std::string_view name);

}  // namespace nram
