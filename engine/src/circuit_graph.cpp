#include <nram/engine/circuit_graph.hpp>

namespace nram {
namespace {

using Vertex = CircuitGraph::vertex_descriptor;

// The whole graph, or what matters of it.
CircuitGraph build(const Machine& machine, const Circuit& circuit, bool whole) {
  const unsigned registers = machine.registers();
  const auto modules = static_cast<unsigned>(machine.modules().size());
  const std::vector<bool> live = live_modules(machine, circuit);
  const auto changes = [&](unsigned r) { return circuit.registers[r] != r; };

  std::vector<bool> used(registers, false);  // by what matters
  const auto mark = [&](Source source) {
    if (machine.is_register(source)) {
      used[source] = true;
    }
  };
  for (unsigned q = 0; q < modules; ++q) {
    for (unsigned position = 0; live[q] && position < machine.modules()[q].arity; ++position) {
      mark(circuit.arguments[machine.first_argument(q) + position]);
    }
  }
  for (unsigned r = 0; r < registers; ++r) {
    if (changes(r)) {
      mark(circuit.registers[r]);
    }
  }

  CircuitGraph graph;
  std::vector<Vertex> vertex_of(machine.register_candidates());
  for (unsigned r = 0; r < registers; ++r) {
    if (whole || used[r]) {
      vertex_of[r] = add_vertex({VertexKind::register_input, r, used[r]}, graph);
    }
  }
  for (unsigned q = 0; q < modules; ++q) {
    if (!whole && !live[q]) {
      continue;
    }
    const Vertex vertex = add_vertex({VertexKind::module, q, live[q]}, graph);
    vertex_of[machine.output_of(q)] = vertex;
    for (unsigned position = 0; position < machine.modules()[q].arity; ++position) {
      const Source source = circuit.arguments[machine.first_argument(q) + position];
      add_edge(vertex_of[source], vertex, CircuitEdge{position}, graph);
    }
  }
  for (unsigned r = 0; r < registers; ++r) {
    if (whole || changes(r)) {
      const Vertex vertex = add_vertex({VertexKind::register_output, r, changes(r)}, graph);
      add_edge(vertex_of[circuit.registers[r]], vertex, CircuitEdge{0}, graph);
    }
  }
  return graph;
}

}  // namespace

CircuitGraph graph_of(const Machine& machine, const Circuit& circuit) {
  return build(machine, circuit, true);
}

CircuitGraph pruned_graph_of(const Machine& machine, const Circuit& circuit) {
  return build(machine, circuit, false);
}

}  // namespace nram
