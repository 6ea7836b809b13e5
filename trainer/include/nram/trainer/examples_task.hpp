#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nram/trainer/constants_in_examples.hpp>
#include <nram/trainer/task.hpp>

namespace nram {

/// A task given by examples only (a user's file). Examples with equal input are merged into one, so
/// that none that is held out is learned from. Every distinct memory length of those that are
/// learned from is a level.
///
/// What is held out shows whether a program goes on to be right where there is more. So the first
/// stage learns from the shorter half of the lengths, or from as many of them as leave something
/// that is longer by half or more, and holds out the rest. The next one learns from all lengths
/// that do leave such, the last one from all but the longest fifth of the examples. Stages that
/// would learn from no more than the one before are left out; where no length is half as long again
/// as the shortest, there is the last one only.
///
/// The arithmetic says which moduli a program must be right for: `cells`, each example's number of
/// cells; `word`, numbers above all values and addresses, at last 2^64; `both`, all of these.
class ExamplesTask final : public Task {
 public:
  /// What the examples are for, if it is not to be worked out from them.
  struct Options {
    std::optional<Arithmetic> arithmetic{};
    std::optional<Order> order{};
    /// The numbers that the machine gets as CONST(k), at most Machine::max_constants; none if
    /// empty.
    std::optional<std::vector<Word>> constants{};
  };

  /// Throws Error(data) if there are fewer than 2 examples, if two examples with equal input
  /// contradict each other, or if one asks for more steps than largest_budget(); the message names
  /// them. Also if an example contradicts the options: `cells` or `both` and a value that is not
  /// below the number of cells, or unsigned numbers and a value below 0. Error(usage) if there are
  /// too many constants, or one is above max_constant. If all inputs are equal,
  /// nothing can be held out: tests are made with what is learned from.
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
  /// All held-out examples, or `count` of them drawn at random if there are more. With a `scale`
  /// above 1, of all examples: as there are no harder ones to be had, but a program has to be right
  /// on those that were learned from, too.
  [[nodiscard]] std::vector<TestCase> draw_held_out(std::size_t count, std::size_t scale,
                                                    Random& random) const override;
  [[nodiscard]] std::size_t stages() const override { return 1 + later_.size(); }
  [[nodiscard]] const Task& stage(std::size_t stage) const override {
    return stage == 0 ? *this : later_[stage - 1];
  }
  [[nodiscard]] std::optional<std::size_t> learned_cells() const override {
    return levels_.back().front().memory.size();
  }
  /// Those of different input, shortest first, each with its budget of steps.
  [[nodiscard]] std::span<const Example> examples() const override { return *examples_; }

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
  /// What was asked for, or what the examples seem to need, see constants_in().
  [[nodiscard]] std::vector<Word> constants() const override;
  /// The same with what says that they are needed, for people.
  [[nodiscard]] std::span<const ConstantSeen> constants_seen() const { return constants_; }
  [[nodiscard]] std::size_t training_examples() const;
  [[nodiscard]] std::size_t held_out_examples() const { return held_out_.size(); }
  /// How many examples were left out because one with the same input was there before.
  [[nodiscard]] std::size_t merged_examples() const { return merged_; }

 private:
  void choose_order(const std::vector<Example>& examples, const Options& options);
  void choose_constants(const std::vector<Example>& examples, const Options& options);
  void choose_arithmetic(const std::vector<Example>& examples, const Options& options);
  [[nodiscard]] bool is_signed_word() const {
    return order_ == Order::signed_numbers && arithmetic_ == Arithmetic::word;
  }
  [[nodiscard]] Word smallest_modulus(const Example& example) const;
  /// At least `modulus` and above the constants, unless numbers wrap round at the number of cells;
  /// 0 stands for 2^64.
  [[nodiscard]] Word above_constants(Word modulus) const;
  /// Makes the first `learned` examples levels, and holds out the others.
  void divide(std::size_t learned);

  std::string name_;
  Arithmetic arithmetic_ = Arithmetic::both;
  std::string arithmetic_reason_;
  Order order_ = Order::unsigned_numbers;
  std::vector<ConstantSeen> constants_;
  bool differentiable_ = true;
  unsigned initial_registers_ = 0;
  std::size_t merged_ = 0;
  std::shared_ptr<const std::vector<Example>> examples_;  ///< shared by all stages
  std::vector<std::vector<Example>> levels_;              ///< by memory length, shortest first
  std::vector<Example> held_out_;
  std::vector<ExamplesTask> later_;  ///< the stages behind this one
};

}  // namespace nram
