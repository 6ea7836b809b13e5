#pragma once

#include "output.hpp"
#include "trace_row.hpp"

#include <string>

#include <nram/engine/first_difference.hpp>

namespace nram::cli {

/// What messages call two programs that are compared.
struct DifferenceNames {
  std::string a;
  std::string b;
};

/// Where two runs part, a sentence: "after 3 equal writes, a.json writes mem[4] 0 -> 7 in step 9,
/// b.json stops after step 8". `view` says how values are read.
std::string difference_text(const RunDifference& difference, const DifferenceNames& names,
                            const TraceView& view);

/// The same: `equal_writes`, and of `a` and `b` the `step` and either `write` or `outcome`.
Json difference_json(const RunDifference& difference, const TraceView& view);

/// "finished", "fault" or "step limit".
std::string_view outcome_name(Outcome outcome);

}  // namespace nram::cli
