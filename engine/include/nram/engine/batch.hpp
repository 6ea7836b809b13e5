#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <nram/engine/executor.hpp>
#include <nram/engine/memory.hpp>

namespace nram {

/// How one run of a batch ended. Its members have no initial values, so that room for millions of
/// them is not written twice.
struct RunEnd {
  std::uint64_t steps;  ///< completed steps
  std::uint32_t state;  ///< of the controller, after the last completed step
  Outcome outcome;

  friend bool operator==(const RunEnd&, const RunEnd&) = default;
};

/// Of which runs of a batch the registers are kept. Those that did not finish need them to say why.
enum class KeepRegisters : std::uint8_t { of_unfinished, of_all };

/// Results of the runs of a batch, in the order of its rows: 16 bytes a run, so that a million
/// short runs are not spent on writing down how they went. Registers lie in one array, and faults
/// only where there were any.
class BatchResult {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Precondition: row < size().
  [[nodiscard]] const RunEnd& operator[](std::size_t row) const { return ends_[row]; }
  [[nodiscard]] std::span<const RunEnd> ends() const { return {ends_.get(), size_}; }

  /// Everything about one run; of one that finished, registers only with KeepRegisters::of_all.
  /// Its vectorised_steps are 0: they are counted for all runs together.
  [[nodiscard]] RunResult result(std::size_t row) const;
  /// The rows that did not finish, in order.
  [[nodiscard]] std::span<const std::size_t> unfinished() const { return unfinished_; }
  /// Of all runs.
  [[nodiscard]] std::uint64_t steps() const;
  [[nodiscard]] std::uint64_t vectorised_steps() const { return vectorised_steps_; }

 private:
  friend BatchResult run_batch(const Executor&, const MemoryRows&, const RunOptions&,
                               KeepRegisters);

  std::size_t size_ = 0;
  unsigned registers_ = 0;
  std::unique_ptr<RunEnd[]> ends_;
  std::unique_ptr<Word[]> kept_;  // registers of all runs that finished; null: not kept
  std::uint64_t vectorised_steps_ = 0;
  // In the order of the rows:
  std::vector<std::size_t> unfinished_;
  std::vector<RunResult> details_;
};

/// Consecutive rows of a batch as an executor is given them, and the place for their results.
class BatchPart {
 public:
  /// Rows from `first` on, as many as there are `ends`. `kept` has room for all their registers or
  /// is empty.
  BatchPart(const MemoryRows& rows, std::size_t first, std::span<RunEnd> ends, std::span<Word> kept)
      : rows_(rows), first_(first), ends_(ends), kept_(kept) {}

  [[nodiscard]] std::size_t size() const { return ends_.size(); }
  /// The memory of row i of the part.
  [[nodiscard]] MemoryView memory(std::size_t i) const { return rows_[first_ + i]; }
  [[nodiscard]] std::size_t cells_per_row() const { return rows_.cells_per_row(); }

  /// Where an executor may put the end of a run that finished and its registers itself; the latter
  /// is null if they are not kept.
  [[nodiscard]] RunEnd* end(std::size_t i) const { return &ends_[i]; }
  [[nodiscard]] Word* kept(std::size_t i) const {
    return kept_.empty() ? nullptr : &kept_[i * (kept_.size() / ends_.size())];
  }
  void count_vectorised_steps(std::uint64_t steps) { vectorised_steps_ += steps; }
  /// Puts the result of row i there.
  void set(std::size_t i, RunResult result);

 private:
  friend BatchResult run_batch(const Executor&, const MemoryRows&, const RunOptions&,
                               KeepRegisters);

  struct Unfinished {
    std::size_t row;
    RunResult result;
  };

  MemoryRows rows_;
  std::size_t first_;
  std::span<RunEnd> ends_;
  std::span<Word> kept_;
  std::uint64_t vectorised_steps_ = 0;
  std::vector<Unfinished> unfinished_;
};

/// Runs the program on every row in parallel (oneTBB). Results are those of Executor::run and do
/// not depend on the number of threads; preconditions are those of run(), checked once for all
/// rows. `options.on_progress` is called from any thread with the steps of one run.
BatchResult run_batch(const Executor& executor, const MemoryRows& rows, const RunOptions& options,
                      KeepRegisters keep = KeepRegisters::of_unfinished);

}  // namespace nram
