#pragma once

#include "listing/expressions.hpp"
#include "listing/graph.hpp"

#include <cstdint>
#include <vector>

namespace nram::listings {

/// What is known of a register when a node begins, whichever way led there.
struct Relation {
  bool is_constant = false;  ///< it is `offset` mod M; otherwise register `reg` + `offset`
  unsigned reg = 0;
  std::int64_t offset = 0;

  friend bool operator==(const Relation&, const Relation&) = default;
};

/// For each node, of each register. Nodes have been fused; all can be reached.
std::vector<std::vector<Relation>> find_relations(Expressions& expressions, const flow::Flow& flow,
                                                  const Graph& graph);

/// The registers when a node begins; `variable_of` is given a register that relations refer to.
template <typename VariableOf>
std::vector<Value> entry_values(Expressions& expressions, const std::vector<Relation>& relations,
                                VariableOf variable_of) {
  std::vector<Value> values;
  values.reserve(relations.size());
  for (const Relation& relation : relations) {
    values.push_back(
        relation.is_constant
            ? expressions.constant(relation.offset)
            : expressions.sum(expressions.variable(variable_of(relation.reg)), relation.offset));
  }
  return values;
}

}  // namespace nram::listings
