#pragma once

// One thread's share of a span; see parallel_span.cpp.

#include "runner.hpp"

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace nram::loops {

template <typename Cell>
struct Runner<Cell>::Part {
  /// What a part's iterations add to a reduction (or their minimum, their maximum).
  struct Total {
    Cell of_all = 0;
    Cell before_last = 0;        ///< without the last iteration
    std::size_t iterations = 0;  ///< for which this holds
  };

  Runner runner;                ///< stands before the part's first iteration
  std::size_t first;            ///< iteration of the span
  std::vector<Cell> registers;  ///< likewise, as far as iterations look at those before
  std::vector<Total> totals;    ///< by Plan::reductions
  std::size_t iterations;       ///< until the loop ends or the part does
  std::vector<std::pair<Cell, Cell>> deferred{};  ///< stores that have to wait: address, value
  /// The last stores to cells that every iteration stores to.
  std::vector<std::pair<Cell, Cell>> last_stores{};
};

/// The values of reductions before one iteration, by register; nothing where they are not known.
template <typename Cell>
struct Runner<Cell>::ReductionValues {
  std::size_t iteration;
  std::vector<std::optional<Cell>> values;
};

}  // namespace nram::loops
