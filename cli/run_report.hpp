#pragma once

#include "output.hpp"
#include "runnable.hpp"

#include <span>
#include <string>

#include <nram/engine/run_memories.hpp>

namespace nram::cli {

/// What `nram run` has done, for its reports.
struct RunReport {
  const Runnable& runnable;
  std::span<const MemoryView> memories;  ///< after the runs
  const MemoryRuns& runs;
  std::string input;  ///< what messages call the memories

  [[nodiscard]] bool finished() const { return runs.finished() == runs.size(); }
};

/// Says on standard error which memories have no result and why, the first ten by name.
void complain_about_failures(const RunReport& report);

/// "N steps in S s (M million a second), modulus K".
std::string run_summary(const MemoryRuns& runs);

/// What `--json` prints, but for what only the command line knows.
Json run_json(const RunReport& report, unsigned threads);

}  // namespace nram::cli
