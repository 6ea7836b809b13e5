#pragma once

#include <ostream>
#include <vector>

#include <nram/engine/executor.hpp>

namespace nram::test {

/// Everything a run shows of itself; two executors must agree on all of it.
struct RunRecord {
  RunResult result;
  std::vector<Word> memory;             ///< after the run
  std::vector<std::uint64_t> progress;  ///< the arguments of on_progress

  friend bool operator==(const RunRecord&, const RunRecord&) = default;
  friend std::ostream& operator<<(std::ostream& out, const RunRecord& record);
};

/// How to run besides RunOptions.
struct RunCase {
  std::vector<Word> memory;
  CellType cells = CellType::u64;
  RunOptions options;              ///< on_progress is replaced
  bool progress = false;           ///< ask for progress
  std::uint64_t cancel_after = 0;  ///< cancel at the first progress from this step on; 0: never
};

RunRecord record_run(const Executor& executor, const RunCase& run_case);

}  // namespace nram::test
