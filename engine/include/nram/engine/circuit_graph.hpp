#pragma once

#include <boost/graph/adjacency_list.hpp>

#include <nram/engine/circuit.hpp>

namespace nram {

/// What a vertex of a circuit graph stands for.
enum class VertexKind {
  register_input,   ///< value of register `index` at the start of the step
  module,           ///< module `index` of the machine
  register_output,  ///< value of register `index` after the step
};

struct CircuitVertex {
  VertexKind kind = VertexKind::register_input;
  unsigned index = 0;
  bool live = true;  ///< whether it is in the pruned graph, too
};

/// An edge carries a value from its source to argument `position` of its target (0 for outputs).
struct CircuitEdge {
  unsigned position = 0;
};

/// A circuit as a directed acyclic graph of values: inputs → modules → outputs. The vertices are in
/// topological order: R register inputs, Q modules in machine order, R register outputs.
using CircuitGraph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS,
                                           CircuitVertex, CircuitEdge>;

/// The whole graph of a circuit.
CircuitGraph graph_of(const Machine& machine, const Circuit& circuit);

/// The part of the graph that matters: modules that reach a register output or WRITE, without
/// registers that keep their value and feed nothing. Vertex indices differ from graph_of's.
CircuitGraph pruned_graph_of(const Machine& machine, const Circuit& circuit);

}  // namespace nram
