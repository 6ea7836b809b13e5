#include "listing/graph.hpp"

#include <map>
#include <utility>

namespace nram::listings {
namespace {

class GraphBuilder {
 public:
  explicit GraphBuilder(const flow::Flow& flow) : flow_(flow) {}

  Graph build() {
    graph_.nodes.resize(first_block + flow_.blocks.size());
    graph_.nodes[Graph::start].end = Node::End::jump;
    graph_.nodes[Graph::start].next[0] = first_block + flow_.entry;
    for (std::size_t b = 0; b < flow_.blocks.size(); ++b) {
      const flow::Block& block = flow_.blocks[b];
      const std::size_t next =
          block.finish ? Graph::exit : target(block.next, flow_.decisions[block.next].root);
      Node& node = graph_.nodes[first_block + b];
      node.steps = {b};
      node.end = Node::End::jump;
      node.next[0] = next;
    }
    return std::move(graph_);
  }

 private:
  static constexpr std::size_t first_block = 2;

  std::size_t target(std::size_t decision, flow::Target target) {
    if (target >= 0) {
      return first_block + static_cast<std::size_t>(target);
    }
    const auto [place, is_new] = tests_.try_emplace({decision, target}, graph_.nodes.size());
    const std::size_t node = place->second;
    if (is_new) {
      graph_.nodes.emplace_back();
      const flow::Test& test = flow_.decisions[decision].tests[static_cast<std::size_t>(~target)];
      const std::size_t zero = this->target(decision, test.if_zero);
      const std::size_t nonzero = this->target(decision, test.if_nonzero);
      graph_.nodes[node] = {{}, Node::End::branch, test.reg, {zero, nonzero}};
    }
    return node;
  }

  const flow::Flow& flow_;
  Graph graph_;
  std::map<std::pair<std::size_t, flow::Target>, std::size_t> tests_;
};

// Where a jump to a node ends up, past nodes that do nothing.
std::size_t past_idle(const Graph& graph, const std::vector<bool>& idle, std::size_t target) {
  for (std::size_t seen = 0; seen < graph.nodes.size(); ++seen) {
    const Node& node = graph.nodes[target];
    const bool is_empty = target != Graph::exit && node.end == Node::End::jump &&
                          (node.steps.empty() ||
                           (target < idle.size() && idle[target] && node.next[0] == Graph::exit));
    if (!is_empty) {
      break;
    }
    target = node.next[0];
  }
  return target;
}

void drop_unreached(Graph& graph) {
  std::vector<std::size_t> place(graph.nodes.size(), 0);
  std::vector<std::size_t> order = {Graph::exit, Graph::start};
  std::vector<bool> reached(graph.nodes.size(), false);
  reached[Graph::exit] = reached[Graph::start] = true;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Node& node = graph.nodes[order[i]];
    place[order[i]] = i;
    for (unsigned s = 0; s < node.successors(); ++s) {
      if (!reached[node.next[s]]) {
        reached[node.next[s]] = true;
        order.push_back(node.next[s]);
      }
    }
  }
  std::vector<Node> kept;
  kept.reserve(order.size());
  for (const std::size_t old : order) {
    kept.push_back(std::move(graph.nodes[old]));
    for (std::size_t& next : kept.back().next) {
      next = place[next];
    }
  }
  graph.nodes = std::move(kept);
}

}  // namespace

std::vector<std::vector<std::size_t>> Graph::predecessors() const {
  std::vector<std::vector<std::size_t>> all(nodes.size());
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    for (unsigned s = 0; s < nodes[n].successors(); ++s) {
      all[nodes[n].next[s]].push_back(n);
    }
  }
  return all;
}

Graph graph_of(const flow::Flow& flow) {
  Graph graph = GraphBuilder(flow).build();
  fuse(graph, {});
  return graph;
}

void fuse(Graph& graph, const std::vector<bool>& idle) {
  for (Node& node : graph.nodes) {
    for (unsigned s = 0; s < node.successors(); ++s) {
      node.next[s] = past_idle(graph, idle, node.next[s]);
    }
    if (node.end == Node::End::branch && node.next[0] == node.next[1]) {
      node.end = Node::End::jump;
    }
  }
  drop_unreached(graph);
  std::vector<std::size_t> ways(graph.nodes.size(), 0);
  for (const auto& node : graph.nodes) {
    for (unsigned s = 0; s < node.successors(); ++s) {
      ++ways[node.next[s]];
    }
  }
  for (std::size_t n = Graph::start; n < graph.nodes.size(); ++n) {
    Node& node = graph.nodes[n];
    while (node.end == Node::End::jump && node.next[0] != Graph::exit && node.next[0] != n &&
           ways[node.next[0]] == 1) {
      Node& following = graph.nodes[node.next[0]];
      ways[node.next[0]] = 0;
      node.steps.insert(node.steps.end(), following.steps.begin(), following.steps.end());
      node.end = following.end;
      node.reg = following.reg;
      node.next[0] = following.next[0];
      node.next[1] = following.next[1];
      following = Node{};
    }
  }
  drop_unreached(graph);
}

}  // namespace nram::listings
