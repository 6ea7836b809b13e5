#include "inspect_graphs.hpp"

#include "interrupt.hpp"
#include "output.hpp"

#include <filesystem>
#include <functional>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <nram/engine/error.hpp>
#include <nram/model-io/atomic_file.hpp>
#include <nram/model-io/graph_data.hpp>
#include <nram/model-io/graphviz.hpp>
#include <nram/model-io/inspect.hpp>

namespace nram::cli {
namespace {

// A graph for people, and the same for other tools.
struct Graph {
  std::string name;
  std::function<std::string()> dot;
  std::function<DataGraph()> data;
};

std::vector<Graph> graphs_of(const Program& program, std::optional<std::uint32_t> circuit) {
  std::vector<Graph> graphs;
  for (std::uint32_t c = 0; c < program.circuits().size(); ++c) {
    if (circuit.value_or(c) != c) {
      continue;
    }
    for (const CircuitView view : {CircuitView::pruned, CircuitView::whole}) {
      graphs.push_back({fmt::format("c{}{}", c, view == CircuitView::whole ? "-whole" : ""),
                        [&program, c, view] { return circuit_dot(program, c, view); },
                        [&program, c, view] { return circuit_data(program, c, view); }});
    }
  }
  if (!circuit) {
    graphs.push_back({"automaton", [&program] { return automaton_dot(program); },
                      [&program] { return automaton_data(program); }});
    graphs.push_back({"program", [&program] { return program_dot(program, CircuitView::pruned); },
                      [&program] { return program_data(program, CircuitView::pruned); }});
  }
  return graphs;
}

void write_graph(const Graph& graph, const std::string& format, const std::string& path) {
  if (format == "dot") {
    write_file(path, graph.dot());
  } else if (format == "graphml") {
    write_file(path, graphml(graph.data()));
  } else if (format == "json") {
    write_file(path, graph_json(graph.data()).dump(2) + "\n");
  } else {
    draw_dot(graph.dot(), format, path);
  }
}

void write_all(const std::vector<Graph>& graphs, const std::string& directory,
               const std::string& format) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    throw Error(ErrorKind::io,
                fmt::format("cannot make the directory {}: {}", directory, error.message()));
  }
  for (const Graph& graph : graphs) {
    stop_if_interrupted();
    write_graph(graph, format,
                (std::filesystem::path(directory) / (graph.name + "." + format)).string());
  }
  const bool is_picture = format == "svg" || format == "png";
  complain(
      fmt::format("{} {} in {}", graphs.size(), is_picture ? "pictures" : "graphs", directory));
}

}  // namespace

void InspectGraphs::add_to(CLI::App& verb) {
  auto* directory = verb.add_option("--graphs", directory_, "Also write graphs into a directory")
                        ->type_name("DIR");
  verb.add_option(
          "--format", format_,
          "Of these graphs: svg (the default) and png are pictures, drawn by Graphviz; dot is "
          "its language; graphml and json are for other tools")
      ->check(CLI::IsMember({"svg", "png", "dot", "graphml", "json"}))
      ->type_name("FORMAT")
      ->needs(directory);
  verb.add_option("--svg", svg_, "As --graphs DIR --format svg")->type_name("DIR");
  verb.add_option("--dot", dot_, "As --graphs DIR --format dot")->type_name("DIR");
}

void InspectGraphs::write(const Program& program, std::optional<std::uint32_t> circuit) const {
  const std::vector<Graph> graphs = graphs_of(program, circuit);
  if (!directory_.empty()) {
    write_all(graphs, directory_, format_);
  }
  if (!dot_.empty()) {
    write_all(graphs, dot_, "dot");
  }
  if (!svg_.empty()) {
    write_all(graphs, svg_, "svg");
  }
}

}  // namespace nram::cli
