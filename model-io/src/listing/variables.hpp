#pragma once

#include "listing/effect.hpp"
#include "listing/expressions.hpp"
#include "listing/graph.hpp"

#include <cstddef>
#include <set>
#include <vector>

namespace nram::listings {

/// A variable gets the value of an expression.
struct Assignment {
  std::size_t variable;
  Value value;
  std::size_t step;  ///< of the node, behind which the register held it
};

/// What a node does, by variables: those that matter later, and no others.
struct Work {
  std::vector<Store> stores{};
  std::vector<Assignment> assigned[2]{};  ///< on each way out; all at once, of old values
  std::vector<Value> condition{};         ///< of a branch: 1 on the way next[0]
  std::set<std::size_t> live[2]{};        ///< variables that matter on each way
};

/// Variables of the listing. Each is what a register means in a part of its life, or that and a
/// constant, whatever makes simpler text.
struct Variables {
  std::vector<Work> work{};                     ///< by node
  std::vector<std::set<unsigned>> registers{};  ///< by variable: which it has been
};

/// Whether what a node does to registers on both of its ways may be left to the nodes there.
enum class Deferral : std::uint8_t { one_way, both_ways };

/// Also skips nodes that do nothing that matters, and ways that are impossible.
Variables find_variables(Expressions& expressions, const flow::Flow& flow, Graph& graph,
                         Deferral deferral);

}  // namespace nram::listings
