#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nram/trainer/task.hpp>

namespace nram {

/// A task given by examples only (a user's file). The longest fifth of the examples is held out;
/// every distinct memory length of the others is a level.
///
/// The arithmetic says which moduli a program must be right for: `cells`, each example's number of
/// cells; `word`, numbers above all values and addresses, at last 2^64; `both`, all of these.
class ExamplesTask final : public Task {
 public:
  /// What the examples are for, if it is not to be worked out from them.
  struct Options {
    std::optional<Arithmetic> arithmetic{};
    std::optional<Order> order{};
  };

  /// Throws Error(data) if there are fewer than 2 examples, if two examples with equal input
  /// contradict each other, or if one asks for more steps than largest_budget(); the message names
  /// them. Also if an example contradicts the options:
  /// `cells` or `both` and a value that is not below the number of cells, or unsigned numbers and a
  /// value below 0.
  ExamplesTask(std::string name, std::vector<Example> examples, const Options& options);
  /// The same, with everything worked out.
  ExamplesTask(std::string name, std::vector<Example> examples)
      : ExamplesTask(std::move(name), std::move(examples), Options{}) {}

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
  /// What was asked for, or what the examples say: `word` if a value is not below its example's
  /// number of cells, or below 0; `cells` if a sum in them has wrapped round there; `both` if they
  /// contradict neither.
  [[nodiscard]] std::optional<Arithmetic> arithmetic() const override { return arithmetic_; }
  [[nodiscard]] std::string arithmetic_reason() const override { return arithmetic_reason_; }
  /// What was asked for, or signed numbers if a value is below 0.
  [[nodiscard]] Order order() const override { return order_; }
  [[nodiscard]] std::size_t training_examples() const;
  [[nodiscard]] std::size_t held_out_examples() const { return held_out_.size(); }

 private:
  void choose_order(const std::vector<Example>& examples, const Options& options);
  void choose_arithmetic(const std::vector<Example>& examples, const Options& options);
  [[nodiscard]] bool is_signed_word() const {
    return order_ == Order::signed_numbers && arithmetic_ == Arithmetic::word;
  }
  [[nodiscard]] Word smallest_modulus(const Example& example) const;

  std::string name_;
  Arithmetic arithmetic_ = Arithmetic::both;
  std::string arithmetic_reason_;
  Order order_ = Order::unsigned_numbers;
  bool differentiable_ = true;
  unsigned initial_registers_ = 0;
  std::vector<std::vector<Example>> levels_;  ///< by memory length, shortest first
  std::vector<Example> held_out_;
};

}  // namespace nram
