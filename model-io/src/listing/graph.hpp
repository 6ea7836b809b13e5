#pragma once

#include <cstddef>
#include <vector>

#include <nram/engine/flow.hpp>

namespace nram::listings {

/// Steps that always follow each other, and where they lead.
struct Node {
  enum class End : std::uint8_t {
    stop,
    jump,    ///< to next[0]
    branch,  ///< to next[0] if register `reg` is zero then, to next[1] if it is not
  };
  std::vector<std::size_t> steps{};  ///< blocks of the flow
  End end = End::stop;
  unsigned reg = 0;
  std::size_t next[2] = {0, 0};

  [[nodiscard]] unsigned successors() const {
    return end == End::stop ? 0 : end == End::jump ? 1 : 2;
  }
};

/// A program as a graph of nodes. Node `start` has no steps and no node before it: there all
/// registers are zero. Node `exit` is where the run has ended.
struct Graph {
  static constexpr std::size_t exit = 0;
  static constexpr std::size_t start = 1;
  std::vector<Node> nodes{};

  /// By node, those that lead to it, each as often as it does.
  [[nodiscard]] std::vector<std::vector<std::size_t>> predecessors() const;
};

/// One node for each block and each test between them.
Graph graph_of(const flow::Flow& flow);

/// Makes one node of those that always follow each other, and drops what is never reached. Nodes
/// for which `idle` holds (nothing they do matters) and that lead to the exit are skipped; nothing
/// is idle if it is empty.
void fuse(Graph& graph, const std::vector<bool>& idle);

}  // namespace nram::listings
