// Graphs of circuits and controllers for other tools.

#include "case_text.hpp"

#include <sstream>
#include <utility>
#include <vector>

#include <boost/graph/graphml.hpp>
#include <boost/property_map/dynamic_property_map.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <nram/engine/circuit_graph.hpp>
#include <nram/model-io/graph_data.hpp>

namespace nram {
namespace {

using VertexIndex = boost::graph_traits<DataGraph>::vertex_descriptor;

DataVertex data_of(const Machine& machine, const CircuitVertex& vertex,
                   const std::string& circuit) {
  switch (vertex.kind) {
    case VertexKind::module: {
      const std::string& name = machine.modules()[vertex.index].name;
      return {circuit + "." + name, "module", name, circuit, vertex.live};
    }
    case VertexKind::register_input:
      return {fmt::format("{}.r{}", circuit, vertex.index), "register",
              fmt::format("r{}", vertex.index), circuit, vertex.live};
    case VertexKind::register_output:
      break;
  }
  return {fmt::format("{}.r{}'", circuit, vertex.index), "new-register",
          fmt::format("r{}'", vertex.index), circuit, vertex.live};
}

void add_circuit(DataGraph& graph, const Program& program, std::uint32_t index, CircuitView view) {
  const Machine& machine = program.machine();
  const Circuit& circuit = program.circuits()[index];
  const CircuitGraph from =
      view == CircuitView::whole ? graph_of(machine, circuit) : pruned_graph_of(machine, circuit);
  std::vector<VertexIndex> places;
  places.reserve(num_vertices(from));
  for (const auto vertex : boost::make_iterator_range(vertices(from))) {
    places.push_back(add_vertex(data_of(machine, from[vertex], fmt::format("c{}", index)), graph));
  }
  for (const auto edge : boost::make_iterator_range(edges(from))) {
    const CircuitVertex& end = from[target(edge, from)];
    std::string label;
    if (end.kind == VertexKind::module && machine.modules()[end.index].arity > 1) {
      label = machine.modules()[end.index].arguments[from[edge].position];
    }
    add_edge(places[source(edge, from)], places[target(edge, from)], DataEdge{label}, graph);
  }
}

void add_automaton(DataGraph& graph, const Program& program) {
  const VertexIndex start = add_vertex({"start", "start", "start", "", true}, graph);
  std::vector<VertexIndex> states;
  states.reserve(program.states());
  for (std::uint32_t s = 0; s < program.states(); ++s) {
    states.push_back(
        add_vertex({fmt::format("s{}", s), "state", fmt::format("{}", s), "", true}, graph));
  }
  const VertexIndex stop = add_vertex({"stop", "stop", "stop", "", true}, graph);
  add_edge(start, states.front(), DataEdge{}, graph);
  for (std::size_t i = 0; i < program.rules().size(); ++i) {
    const Rule& rule = program.rules()[i];
    const Transition& transition = rule.transition;
    add_edge(states[rule.state], transition.finish ? stop : states[transition.next_state],
             DataEdge{fmt::format("{}: c{}", case_text(program, i), transition.circuit)}, graph);
  }
}

}  // namespace

DataGraph circuit_data(const Program& program, std::uint32_t circuit, CircuitView view) {
  DataGraph graph;
  add_circuit(graph, program, circuit, view);
  return graph;
}

DataGraph automaton_data(const Program& program) {
  DataGraph graph;
  add_automaton(graph, program);
  return graph;
}

DataGraph program_data(const Program& program, CircuitView view) {
  DataGraph graph = automaton_data(program);
  for (std::uint32_t c = 0; c < program.circuits().size(); ++c) {
    add_circuit(graph, program, c, view);
  }
  return graph;
}

std::string graphml(const DataGraph& of) {
  DataGraph graph = of;  // properties that are written could be read into it as well
  boost::dynamic_properties properties;
  properties.property("name", get(&DataVertex::name, graph));
  properties.property("kind", get(&DataVertex::kind, graph));
  properties.property("label", get(&DataVertex::label, graph));
  properties.property("circuit", get(&DataVertex::circuit, graph));
  properties.property("live", get(&DataVertex::live, graph));
  properties.property("wire", get(&DataEdge::label, graph));
  std::ostringstream text;
  boost::write_graphml(text, graph, properties, true);
  return text.str();
}

nlohmann::json graph_json(const DataGraph& graph) {
  nlohmann::json all = {{"vertices", nlohmann::json::array()}, {"edges", nlohmann::json::array()}};
  for (const auto vertex : boost::make_iterator_range(vertices(graph))) {
    const DataVertex& data = graph[vertex];
    nlohmann::json one = {
        {"name", data.name}, {"kind", data.kind}, {"label", data.label}, {"live", data.live}};
    if (!data.circuit.empty()) {
      one["circuit"] = data.circuit;
    }
    all["vertices"].push_back(std::move(one));
  }
  for (const auto edge : boost::make_iterator_range(edges(graph))) {
    all["edges"].push_back({{"from", graph[source(edge, graph)].name},
                            {"to", graph[target(edge, graph)].name},
                            {"label", graph[edge].label}});
  }
  return all;
}

}  // namespace nram
