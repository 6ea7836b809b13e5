#pragma once

// The examples that an annealing attempt learns from.

#include "discrete/cost/example_batch.hpp"

#include <vector>

#include <nram/trainer/random.hpp>
#include <nram/trainer/task.hpp>

namespace nram::discrete {

/// Which sizes of examples come up more often.
enum class Levels { easier, harder };

/// What an example source draws, and for what kind of candidates.
struct ExampleSourceSettings {
  Levels levels = Levels::easier;
  unsigned states = 1;  ///< of the candidates; an automaton needs more steps
  unsigned registers = 1;
  std::size_t prologue_cells = 0;  ///< first cells that are in registers at the start
};

class ExampleSource {
 public:
  static constexpr std::size_t batch_count = max_batches;
  static constexpr std::size_t count = batch_count * byte_lanes;

  /// The task must outlive this.
  ExampleSource(const Task& task, const ExampleSourceSettings& settings)
      : task_(task), settings_(settings) {}

  /// As many first cells as there are in all of what is drawn.
  void set_prologue(std::size_t cells) { settings_.prologue_cells = cells; }

  /// `count` examples of all levels, as many of the easier and harder ones as asked for. Throws
  /// Error(data) if the task has too few that are small enough.
  [[nodiscard]] std::vector<TestCase> draw(Random& random) const;

  /// `count` examples in lanes; sorts them, those that are quicker to run first.
  [[nodiscard]] std::vector<ExampleBatch> batches(std::vector<TestCase>& examples) const;

  /// One example alone.
  [[nodiscard]] ExampleBatch batch_of(const TestCase& example) const;

 private:
  const Task& task_;
  ExampleSourceSettings settings_;
};

}  // namespace nram::discrete
