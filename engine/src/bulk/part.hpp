#pragma once

// One thread's share of a span; see parallel_span.cpp.

#include "runner.hpp"

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace nram::bulk {

template <typename Cell>
struct Runner<Cell>::Part {
  /// What a part's turns add to an accumulator (or its minimum, its maximum).
  struct Total {
    Cell of_all = 0;
    Cell before_last = 0;   ///< without the last turn
    std::size_t turns = 0;  ///< for which this holds
  };

  Runner runner;                ///< stands before the part's first turn
  std::size_t first;            ///< turn of the span
  std::vector<Cell> registers;  ///< likewise, as far as turns look at those before
  std::vector<Total> totals;    ///< by Plan::scans
  std::size_t turns;            ///< until the loop ends or the part does
  std::vector<std::pair<Cell, Cell>> deferred{};  ///< stores that have to wait: address, value
  std::vector<std::pair<Cell, Cell>> kept{};      ///< the last ones to cells of every turn
};

/// Values that accumulators have before one turn, by register; nothing where they are not known.
template <typename Cell>
struct Runner<Cell>::Accumulated {
  std::size_t turn;
  std::vector<std::optional<Cell>> values;
};

}  // namespace nram::bulk
