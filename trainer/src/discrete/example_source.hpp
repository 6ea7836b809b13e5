#pragma once

// The examples that an annealing attempt learns from.

#include "discrete/cost/example_batch.hpp"

#include <vector>

#include <nram/trainer/random.hpp>
#include <nram/trainer/task.hpp>

namespace nram::discrete {

/// Which sizes of examples come up more often.
enum class Levels { easier, harder };

/// How long the examples may be that are drawn: as short as they come, or any.
enum class Reach { short_ones, all };

/// What an example source draws, and for what kind of candidates.
struct ExampleSourceSettings {
  Levels levels = Levels::easier;
  unsigned states = 1;  ///< of the candidates; an automaton needs more steps
  unsigned registers = 1;
  std::size_t prologue_cells = 0;  ///< first cells that are in registers at the start
};

class ExampleSource {
 public:
  /// Looks at some examples of every small level. If all of them fit into lanes of bytes, only such
  /// examples are drawn. Otherwise they are as they come. As a run on wider lanes takes its time,
  /// fewer are drawn, and the short ones are those of at most 32 cells, or half as many again as
  /// the shortest have (but at least some dozens of examples). The task must outlive this.
  ExampleSource(const Task& task, const ExampleSourceSettings& settings);

  /// As many first cells as there are in all of what is drawn.
  void set_prologue(std::size_t cells) { settings_.prologue_cells = cells; }

  /// How many are drawn at once: what fits into two batches.
  [[nodiscard]] std::size_t count() const { return std::size_t{2} * lanes_of_width(width_); }

  /// count() examples, as many of the easier and harder levels as asked for. Where all fit into
  /// bytes, reach makes no difference. Throws Error(data) if the task has too few that are small
  /// enough.
  [[nodiscard]] std::vector<TestCase> draw(Random& random, Reach reach = Reach::all) const;

  /// Examples in lanes; sorts them, those that are quicker to run first. Two batches, and more (at
  /// most max_batches) if some need wider lanes than most.
  [[nodiscard]] std::vector<ExampleBatch> batches(std::vector<TestCase>& examples) const;

  /// One example alone.
  [[nodiscard]] ExampleBatch batch_of(const TestCase& example) const;

 private:
  void choose_wide_lanes();
  [[nodiscard]] bool takes(const TestCase& test) const;

  const Task& task_;
  ExampleSourceSettings settings_;
  LaneWidth width_ = LaneWidth::bits8;  // of nearly all
  Word largest_modulus_ = 0;            // to ask the task for
  std::size_t short_levels_ = 0;        // the first so many
};

}  // namespace nram::discrete
