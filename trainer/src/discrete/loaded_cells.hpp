#pragma once

// Flow charts that begin by loading the first cells of the memory into registers. Most programs on
// memories with parameters in front do that; a search for what comes after it need not find it.

#include "candidate.hpp"

#include <optional>

namespace nram::discrete {

/// The steps that load cells 0 to count - 1 into registers 0 to count - 1, leaving all else alone,
/// where every register is 0 at the start.
class LoadedCells {
 public:
  /// Nothing if the machine cannot do that (it takes READ and INC, enough registers, and a WRITE,
  /// if there is one, that can put back what READ has read), or if a chart of `states` states could
  /// get too large to be put behind it.
  static std::optional<LoadedCells> on(const Machine& machine, unsigned states, unsigned count);

  [[nodiscard]] unsigned count() const { return count_; }

  /// The chart, of the states given to on(), behind the loading: a step and a state for each cell.
  /// Circuits that no row can come to are dropped.
  [[nodiscard]] Candidate before(const Candidate& chart) const;
  /// The states of what before() returns.
  [[nodiscard]] unsigned states() const { return states_ + count_; }

 private:
  LoadedCells(const Machine& machine, unsigned states, unsigned count);

  const Machine* machine_;
  unsigned states_;  // of the chart
  unsigned count_;
  unsigned read_ = 0;  // modules
  unsigned inc_ = 0;
  std::optional<unsigned> write_;
};

}  // namespace nram::discrete
