#pragma once

#include "listing/variables.hpp"

#include <cstddef>
#include <vector>

namespace nram::listings {

/// A statement: a cell or some variables get values, all at once.
struct Line {
  std::vector<std::size_t> variables{};  ///< empty: the cell `address`
  std::vector<Value> values{};
  Value address = 0;

  friend bool operator==(const Line&, const Line&) = default;
};

/// A node's work as lines one after the other. Loads are from the memory as it is then.
struct Schedule {
  std::vector<Line> lines{};
  std::vector<Value> condition{};  ///< behind the lines
  std::vector<Line> on_way[2]{};   ///< behind the condition
};

/// Puts a node's work into an order in which no line destroys what a later one needs; variables
/// from `variables` on, which grows, hold what is needed twice or later.
Schedule schedule(Expressions& expressions, const Work& work, std::size_t& variables);

}  // namespace nram::listings
