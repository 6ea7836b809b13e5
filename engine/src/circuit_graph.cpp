#include <nram/engine/circuit_graph.hpp>

namespace nram {
namespace {

using Vertex = CircuitGraph::vertex_descriptor;

// Adds the modules for which `keep` says so, the register outputs for which `keep_output` says so
// and whatever register inputs they use (all of them if `all_inputs`).
template <typename Keep, typename KeepOutput>
CircuitGraph build(const Machine& machine, const Circuit& circuit, Keep keep,
                   KeepOutput keep_output, bool all_inputs) {
  const unsigned registers = machine.registers();
  const auto modules = static_cast<unsigned>(machine.modules().size());

  std::vector<bool> used(registers, all_inputs);
  const auto mark = [&](Source source) {
    if (machine.is_register(source)) {
      used[source] = true;
    }
  };
  for (unsigned q = 0; q < modules; ++q) {
    for (unsigned position = 0; keep(q) && position < machine.modules()[q].arity; ++position) {
      mark(circuit.arguments[machine.first_argument(q) + position]);
    }
  }
  for (unsigned r = 0; r < registers; ++r) {
    if (keep_output(r)) {
      mark(circuit.registers[r]);
    }
  }

  CircuitGraph graph;
  std::vector<Vertex> vertex_of(machine.register_candidates());
  for (unsigned r = 0; r < registers; ++r) {
    if (used[r]) {
      vertex_of[r] = add_vertex({VertexKind::register_input, r}, graph);
    }
  }
  for (unsigned q = 0; q < modules; ++q) {
    if (!keep(q)) {
      continue;
    }
    const Vertex vertex = add_vertex({VertexKind::module, q}, graph);
    vertex_of[machine.output_of(q)] = vertex;
    for (unsigned position = 0; position < machine.modules()[q].arity; ++position) {
      const Source source = circuit.arguments[machine.first_argument(q) + position];
      add_edge(vertex_of[source], vertex, CircuitEdge{position}, graph);
    }
  }
  for (unsigned r = 0; r < registers; ++r) {
    if (keep_output(r)) {
      const Vertex vertex = add_vertex({VertexKind::register_output, r}, graph);
      add_edge(vertex_of[circuit.registers[r]], vertex, CircuitEdge{0}, graph);
    }
  }
  return graph;
}

}  // namespace

CircuitGraph graph_of(const Machine& machine, const Circuit& circuit) {
  const auto always = [](unsigned) { return true; };
  return build(machine, circuit, always, always, true);
}

CircuitGraph pruned_graph_of(const Machine& machine, const Circuit& circuit) {
  const std::vector<bool> live = live_modules(machine, circuit);
  return build(
      machine, circuit, [&](unsigned q) { return live[q]; },
      [&](unsigned r) { return circuit.registers[r] != r; }, false);
}

}  // namespace nram
