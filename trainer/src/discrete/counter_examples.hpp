#pragma once

// The examples that annealing is at: drawn once, and joined by those that something right so far
// gets wrong.

#include "discrete/cost/lane_evaluator.hpp"
#include "discrete/example_source.hpp"

#include <cstdint>
#include <vector>

namespace nram::discrete {

class CounterExamples {
 public:
  /// Draws the first examples. The task and the evaluator must outlive this.
  CounterExamples(const Task& task, const ExampleSourceSettings& settings, LaneEvaluator& evaluator,
                  Random random);

  /// As in ExampleSourceSettings; from now on.
  void set_prologue(std::size_t cells) { source_.set_prologue(cells); }

  [[nodiscard]] const std::vector<TestCase>& examples() const { return examples_; }
  [[nodiscard]] const Random& random() const { return random_; }

  /// The examples in lanes, those that are quicker to run first.
  [[nodiscard]] std::vector<ExampleBatch> batches() { return source_.batches(examples_); }

  /// Whether the candidate has no cost on so many fresh sets of examples. Of the first set where it
  /// has, those that it is wrong on take the place of random ones.
  bool confirm(const Candidate& candidate, unsigned sets);

  /// The rows that the fresh examples of the last confirmation entered, as bits.
  [[nodiscard]] std::uint64_t confirmed_rows() const { return confirmed_rows_; }

  /// Puts back what the accessors said. Throws Error(data) if the number of examples is another.
  void restore(std::vector<TestCase> examples, const Random& random);

 private:
  ExampleSource source_;
  LaneEvaluator& evaluator_;
  Random random_;
  std::vector<TestCase> examples_;
  std::uint64_t confirmed_rows_ = 0;
};

}  // namespace nram::discrete
