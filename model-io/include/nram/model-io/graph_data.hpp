#pragma once

#include <cstdint>
#include <string>

#include <boost/graph/adjacency_list.hpp>
#include <nlohmann/json_fwd.hpp>

#include <nram/engine/program.hpp>
#include <nram/model-io/inspect.hpp>

namespace nram {

/// A vertex of a graph for other tools.
struct DataVertex {
  std::string name;     ///< unique within the graph: `c0.r1`, `c0.READ`, `c0.r1'`, `s2`, `stop`
  std::string kind;     ///< `register`, `module`, `new-register`, `start`, `state` or `stop`
  std::string label;    ///< what a picture would show: `r1`, `READ`, `r1'`, `2`, `stop`
  std::string circuit;  ///< of `c0.READ` it is `c0`; empty for states
  /// False for modules whose output nobody uses and registers that keep their value.
  bool live = true;
};

struct DataEdge {
  /// Of a wire the argument it feeds (`address`), empty where there is only one; of an arrow
  /// between states the condition and the circuit: `r0≠0: c1`.
  std::string label;
};

/// What the pictures of inspect.hpp show, without their looks.
using DataGraph =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, DataVertex, DataEdge>;

/// One circuit: registers, modules, new registers. Precondition: the circuit exists.
DataGraph circuit_data(const Program& program, std::uint32_t circuit, CircuitView view);

/// The controller: states, with an arrow for every rule.
DataGraph automaton_data(const Program& program);

/// The controller and all circuits as one graph.
DataGraph program_data(const Program& program, CircuitView view);

/// The graph in GraphML (http://graphml.graphdrawing.org), with all properties as `data`, written
/// by Boost.Graph. O(vertices + edges).
std::string graphml(const DataGraph& graph);

/// `{"vertices": [{"name": ..., "kind": ..., "label": ..., "circuit": ..., "live": ...}, ...],
/// "edges": [{"from": name, "to": name, "label": ...}, ...]}`; `circuit` only where there is one.
nlohmann::json graph_json(const DataGraph& graph);

}  // namespace nram
