#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <nram/trainer/task.hpp>

namespace nram {

/// A task given by examples only (a user's file). The longest fifth of the examples is held out;
/// every distinct memory length of the others is a level.
///
/// If every value is below its example's number of cells, a program must be right modulo that
/// number and modulo larger ones, which is how it will be run on other data. Otherwise the values
/// are words: a program must be right modulo numbers above all of them.
class ExamplesTask final : public Task {
 public:
  /// Throws Error(data) if there are fewer than 2 examples, if two examples with equal input
  /// contradict each other, or if one asks for more steps than largest_budget(); the message names
  /// them.
  ExamplesTask(std::string name, std::vector<Example> examples);

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::string_view summary() const override { return "examples from a file"; }
  [[nodiscard]] std::size_t levels() const override { return levels_.size(); }
  [[nodiscard]] std::vector<Example> draw_level(std::size_t level, std::size_t count,
                                                Random& random) const override;
  [[nodiscard]] std::vector<TestCase> draw_cases(std::size_t level, std::size_t count,
                                                 Word largest_modulus,
                                                 Random& random) const override;
  /// All held-out examples, or `count` of them drawn at random if there are more; `scale` has no
  /// effect, as there are no harder ones to be had.
  [[nodiscard]] std::vector<TestCase> draw_held_out(std::size_t count, std::size_t scale,
                                                    Random& random) const override;

  [[nodiscard]] unsigned initial_registers() const override { return initial_registers_; }
  /// Not if values or numbers of steps are too large for the soft machine: its time and memory grow
  /// with the square of the modulus, and with the steps.
  [[nodiscard]] bool differentiable() const override { return differentiable_; }
  /// Whether some value is not below its example's number of cells.
  [[nodiscard]] bool words() const { return words_; }
  [[nodiscard]] std::size_t training_examples() const;
  [[nodiscard]] std::size_t held_out_examples() const { return held_out_.size(); }

 private:
  std::string name_;
  bool words_ = false;
  bool differentiable_ = true;
  unsigned initial_registers_ = 0;
  std::vector<std::vector<Example>> levels_;  ///< by memory length, shortest first
  std::vector<Example> held_out_;
};

}  // namespace nram
