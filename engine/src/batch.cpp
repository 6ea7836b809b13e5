#include "executors.hpp"

#include <algorithm>
#include <iterator>
#include <mutex>
#include <utility>

#include <nram/engine/batch.hpp>
#include <nram/engine/parallel.hpp>

namespace nram {
namespace {

// Rows of a range: enough to make its start worth while, but several times as many ranges as
// threads, if there are several.
std::size_t grain(const MemoryRows& rows) {
  constexpr std::size_t most = 16384;
  const std::size_t threads = parallel_threads();
  const std::size_t ranges = threads == 1 ? 1 : 4 * threads;
  return std::clamp<std::size_t>(rows.size() / ranges, 1, most);
}

}  // namespace

void BatchPart::set(std::size_t i, RunResult result) {
  ends_[i] = {result.steps, result.state, result.outcome};
  vectorised_steps_ += result.vectorised_steps;
  if (result.outcome != Outcome::finished) {
    result.vectorised_steps = 0;
    unfinished_.push_back({first_ + i, std::move(result)});
  } else if (Word* const to = kept(i)) {
    std::copy(result.registers.begin(), result.registers.end(), to);
  }
}

RunResult BatchResult::result(std::size_t row) const {
  const RunEnd& end = ends_[row];
  if (end.outcome != Outcome::finished) {
    const auto at = std::lower_bound(unfinished_.begin(), unfinished_.end(), row);
    return details_[static_cast<std::size_t>(at - unfinished_.begin())];
  }
  RunResult result;
  result.steps = end.steps;
  result.state = end.state;
  if (kept_) {
    result.registers.assign(&kept_[row * registers_], &kept_[row * registers_] + registers_);
  }
  return result;
}

std::uint64_t BatchResult::steps() const {
  std::uint64_t sum = 0;
  for (const RunEnd& end : ends()) {
    sum += end.steps;
  }
  return sum;
}

BatchResult run_batch(const Executor& executor, const MemoryRows& rows, const RunOptions& options,
                      KeepRegisters keep) {
  BatchResult results;
  results.size_ = rows.size();
  if (rows.size() == 0) {
    return results;
  }
  require_runnable(executor.machine(), rows[0], options);
  // Not initialised: every range writes its own, and gets its pages while it does.
  const unsigned registers = executor.machine().registers();
  results.registers_ = registers;
  results.ends_ = std::make_unique_for_overwrite<RunEnd[]>(rows.size());
  if (keep == KeepRegisters::of_all) {
    results.kept_ = std::make_unique_for_overwrite<Word[]>(rows.size() * registers);
  }
  std::mutex mutex;
  std::vector<BatchPart::Unfinished> unfinished;
  parallel_ranges(rows.size(), grain(rows), [&](std::size_t begin, std::size_t end) {
    const std::span<RunEnd> ends(&results.ends_[begin], end - begin);
    const std::span<Word> kept =
        results.kept_ ? std::span(&results.kept_[begin * registers], ends.size() * registers)
                      : std::span<Word>();
    BatchPart part(rows, begin, ends, kept);
    executor.run_rows(part, options);
    const std::lock_guard lock(mutex);
    results.vectorised_steps_ += part.vectorised_steps_;
    std::move(part.unfinished_.begin(), part.unfinished_.end(), std::back_inserter(unfinished));
  });
  std::sort(unfinished.begin(), unfinished.end(),
            [](const auto& a, const auto& b) { return a.row < b.row; });
  for (BatchPart::Unfinished& one : unfinished) {
    results.unfinished_.push_back(one.row);
    results.details_.push_back(std::move(one.result));
  }
  return results;
}

void Executor::run_rows(BatchPart& part, const RunOptions& options) const {
  for (std::size_t i = 0; i < part.size(); ++i) {
    part.set(i, run(part.memory(i), options));
  }
}

}  // namespace nram
