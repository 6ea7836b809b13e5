#pragma once

#include "listing/expressions.hpp"

#include <cstddef>
#include <map>
#include <set>

namespace nram::listings {

/// The variables that hold values.
using Names = std::map<Value, std::size_t>;

/// What has to be there for an expression to be computed.
struct Uses {
  std::set<std::size_t> old;  ///< variables as they are when the node begins
  std::set<Value> names;      ///< values that a variable holds
  std::set<Value> loads;
};

/// What a value needs, down to those that have names. `itself`: its own name does not count, as it
/// is computed for that.
Uses uses_of(const Expressions& expressions, Value value, const Names& names, bool itself = false);

/// The value by names, as it is written down; `itself` as above.
Value written(Expressions& expressions, Value value, const Names& names, bool itself = false);

/// Adds to `needed`, for the value and what it is made of, how many expressions need each.
void count_needed(const Expressions& expressions, Value value, const Names& names,
                  std::map<Value, unsigned>& needed);
/// The same for the operands of a value alone.
void count_operands(const Expressions& expressions, Value value, const Names& names,
                    std::map<Value, unsigned>& needed);

}  // namespace nram::listings
