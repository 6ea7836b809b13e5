#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include <nram/engine/batch.hpp>
#include <nram/engine/executor.hpp>
#include <nram/engine/modulus_rule.hpp>

namespace nram {

/// How memories of any sizes are run (see run_memories).
struct MemoryRunOptions {
  /// At most this many steps a memory; 0: default_step_limit of its number of cells.
  std::uint64_t step_limit = 0;
  /// Whether a run that reaches the limit has ended as it should, as programs that never stop by
  /// themselves do: its outcome is `finished` then.
  bool step_limit_is_end = false;
  std::vector<Word> registers{};  ///< initial values for every run; empty means all 0
  /// As RunOptions::on_progress, but told the step limit of that run too; called from any thread.
  std::function<bool(std::uint64_t steps, std::uint64_t step_limit)> on_progress{};
  std::uint64_t progress_interval = RunOptions{}.progress_interval;  ///< at least 1
  Speculation speculation = Speculation::worthwhile;
  /// Whose registers are kept if the memories are rows of an array; otherwise all are.
  KeepRegisters keep = KeepRegisters::of_unfinished;
};

/// How the runs of one program on many memories ended, in the order of the memories.
class MemoryRuns {
 public:
  /// The number of memories.
  [[nodiscard]] std::size_t size() const { return moduli_.size(); }
  /// Everything about one run; see MemoryRunOptions::keep. Precondition: i < size(), as below.
  [[nodiscard]] RunResult result(std::size_t i) const {
    RunResult result = rows_ ? rows_->result(i) : single_[i];
    result.outcome = outcome(i);
    return result;
  }
  [[nodiscard]] Outcome outcome(std::size_t i) const {
    return end_of(rows_ ? (*rows_)[i].outcome : single_[i].outcome);
  }
  /// The modulus under which it ran.
  [[nodiscard]] Modulus modulus(std::size_t i) const { return moduli_[i]; }
  /// That of all memories; nothing if there is no such. O(size()).
  [[nodiscard]] std::optional<Modulus> common_modulus() const;

  /// Of all runs together. O(size()).
  [[nodiscard]] std::uint64_t steps() const;
  [[nodiscard]] std::uint64_t vectorised_steps() const;
  /// How many finished. O(size()).
  [[nodiscard]] std::size_t finished() const;
  /// The time that the runs took, by the clock.
  [[nodiscard]] double seconds() const { return seconds_; }

 private:
  friend MemoryRuns run_memories(const Executor&, std::span<const MemoryView>, std::vector<Modulus>,
                                 const MemoryRunOptions&);

  void run(const Executor& executor, std::span<const MemoryView> memories,
           const MemoryRunOptions& options);

  /// What an outcome means for whom the limit of steps may be the end.
  [[nodiscard]] Outcome end_of(Outcome outcome) const {
    return step_limit_is_end_ && outcome == Outcome::step_limit ? Outcome::finished : outcome;
  }

  bool step_limit_is_end_ = false;
  std::vector<Modulus> moduli_;
  std::optional<BatchResult> rows_{};  // of the rows of an array
  std::vector<RunResult> single_{};    // of other memories
  double seconds_ = 0.0;
};

/// Runs the program on every memory, in parallel, changing it in place.
///
/// ```cpp
/// std::vector<Modulus> moduli = choose_moduli(memories, ModulusRule::of(program.meaning()));
/// const MemoryRuns runs = run_memories(*executor, memories, std::move(moduli));
/// if (runs.finished() == runs.size()) ...
/// ```
///
/// Rows of one array, one behind the other, are run as such (see run_batch of MemoryRows), which is
/// the quickest way for short runs. Other memories may differ in size, cell type and modulus; those
/// that agree in modulus and step limit run together. Results do not depend on which it is, nor on
/// the number of threads.
///
/// Throws Error(usage) unless there are as many moduli as memories; the preconditions of
/// Executor::run hold for every memory, of which choose_moduli() checks those that concern moduli
/// and values.
MemoryRuns run_memories(const Executor& executor, std::span<const MemoryView> memories,
                        std::vector<Modulus> moduli, const MemoryRunOptions& options = {});

}  // namespace nram
