#pragma once

// The examples of an attempt at a differentiable automaton: of which levels, behind which prologue,
// and how they are packed.

#include "attempt_plan.hpp"
#include "attempts/attempt.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <nram/engine/circuit.hpp>
#include <nram/trainer/lane_batch.hpp>
#include <nram/trainer/soft_machine.hpp>

namespace nram {

class AutomatonExamples {
 public:
  /// Of a program of `machine` that does `rounds` times as much in a step as the examples' budgets
  /// allow for. `random` says how many cells the prologue loads. What the context refers to, and
  /// the machine, must outlive this.
  AutomatonExamples(AttemptContext context, std::uint64_t number, const AutomatonPlan& plan,
                    const Machine& machine, std::uint64_t rounds, Random& random);

  /// Cells that are in registers where what is learned begins.
  [[nodiscard]] unsigned prologue_cells() const { return prologue_; }
  /// The circuits that load them, on this machine.
  [[nodiscard]] std::vector<Circuit> prologue(const Machine& machine) const;

  /// Levels of the curriculum that examples are of, from the first on.
  [[nodiscard]] std::size_t levels() const { return levels_; }
  [[nodiscard]] bool is_at_last_level() const { return levels_ >= context_.task.levels(); }
  /// On to longer ones.
  void lengthen();
  /// Puts back what levels() said. Throws Error(data) if the task does not have so many.
  void restore(std::size_t levels);

  /// Fresh examples of one level: more are not worth their time in an iteration.
  [[nodiscard]] std::vector<LaneGroup> draw(Random& random) const;
  /// The examples that say what is kept: always the same ones for the same levels.
  [[nodiscard]] std::span<const LaneGroup> validation() const { return validation_; }

 private:
  [[nodiscard]] Random own_random() const;
  [[nodiscard]] std::size_t first_levels() const;
  [[nodiscard]] unsigned draw_prologue(Random& random) const;
  void pad(std::vector<Example>& examples, Random& random) const;
  void load(Example& example) const;
  void add_group(std::size_t level, unsigned extra_steps, unsigned parts, Random& random,
                 std::vector<LaneGroup>& groups) const;
  void draw_validation();

  AttemptContext context_;
  std::uint64_t number_;
  AutomatonPlan plan_;
  const Machine& machine_;
  std::uint64_t rounds_;
  std::size_t first_levels_;
  std::size_t levels_;
  unsigned prologue_;
  std::vector<LaneGroup> validation_;
};

}  // namespace nram
