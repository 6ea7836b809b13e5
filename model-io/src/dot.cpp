// Graphs in Graphviz's DOT language.

#include "case_text.hpp"

#include <map>
#include <tuple>

#include <boost/graph/graph_traits.hpp>
#include <fmt/format.h>

#include <nram/engine/circuit_graph.hpp>
#include <nram/model-io/inspect.hpp>

namespace nram {
namespace {

constexpr std::string_view preamble =
    "  rankdir=LR\n"
    "  nodesep=0.2\n"
    "  ranksep=0.7\n"
    "  fontname=\"Helvetica\"\n"
    "  node [fontname=\"Helvetica\", fontsize=11, height=0.3, margin=\"0.12,0.05\"]\n"
    "  edge [fontname=\"Helvetica\", fontsize=9, arrowsize=0.6, color=\"#606060\"]\n";

bool is_commutative(Opcode opcode) {
  return opcode == Opcode::add || opcode == Opcode::eq || opcode == Opcode::min ||
         opcode == Opcode::max || opcode == Opcode::signed_min || opcode == Opcode::signed_max;
}

// What every graph begins with, after its name.
std::string beginning(const Program& program) {
  std::string text(preamble);
  if (program.machine().order() != Order::unsigned_numbers) {
    text += fmt::format("  // order: {}\n", name_of(program.machine().order()));
  }
  if (const auto arithmetic = program.meaning().arithmetic) {
    text += fmt::format("  // arithmetic: {}\n", name_of(*arithmetic));
  }
  if (const auto steps = program.meaning().steps) {
    text += fmt::format("  // steps: {}\n", *steps);
  }
  return text;
}

// What an argument is called; empty where the order does not matter.
std::string_view argument_name(const Module& module, unsigned position) {
  if (module.arity < 2 || is_commutative(module.opcode)) {
    return "";
  }
  return module.arguments[position];
}

// Of what makes no difference: still readable, but not at first sight.
constexpr std::string_view faint = R"(fillcolor="#fcfcfc", color="#d8d8d8", fontcolor="#a8a8a8")";

std::string module_node(const Module& module, bool idle, bool is_live) {
  std::string_view look = "fillcolor=\"#f2f2f2\"";
  if (!is_live) {
    look = faint;
  } else if (module.opcode == Opcode::write) {
    look = idle ? R"(fillcolor="#fff4ec", color="#d08050", style="rounded,filled,dashed")"
                : R"(fillcolor="#ffd9bf", color="#c04000", penwidth=1.6)";
  } else if (module.opcode == Opcode::read) {
    look = R"(fillcolor="#d6e8ff", color="#2060b0")";
  } else if (module.arity == 0) {
    look = "fillcolor=\"#ffffff\"";
  }
  const std::string name =
      fmt::format("{}{}", module.name, idle && module.opcode == Opcode::write ? "\\n(idle)" : "");
  if (argument_name(module, 0).empty()) {
    return fmt::format(R"(label="{}", shape=box, style="rounded,filled", {})", name, look);
  }
  // Arguments by name, where their arrows end. (A record is turned like the graph.)
  return fmt::format(
      R"(label="{{{{<a0> {}|<a1> {}}}|{}}}", shape=Mrecord, style="rounded,filled", {})",
      argument_name(module, 0), argument_name(module, 1), name, look);
}

// The conditions under which a circuit runs, for its title.
std::string title(const Program& program, std::uint32_t circuit) {
  constexpr unsigned most = 4;
  std::string text = fmt::format("c{}", circuit);
  unsigned count = 0;
  for (std::size_t i = 0; i < program.rules().size(); ++i) {
    const Rule& rule = program.rules()[i];
    if (rule.transition.circuit != circuit) {
      continue;
    }
    if (++count > most) {
      return text + "\\n...";
    }
    const std::string state =
        program.states() > 1 ? fmt::format("state {}: ", rule.state) : std::string();
    text += fmt::format("\\n{}{}{}", state, case_text(program, i),
                        rule.transition.finish ? ", then stop" : "");
  }
  return text;
}

// Nodes and edges of a circuit; `prefix` keeps the names of several circuits apart.
std::string circuit_body(const Machine& machine, const Circuit& circuit, CircuitView view,
                         const std::string& prefix, std::string_view indent) {
  const CircuitGraph graph =
      view == CircuitView::whole ? graph_of(machine, circuit) : pruned_graph_of(machine, circuit);
  const bool idle = write_is_idle(machine, circuit);
  std::string nodes;
  std::string inputs;
  std::string outputs;
  for (const auto vertex : boost::make_iterator_range(vertices(graph))) {
    const CircuitVertex& what = graph[vertex];
    const std::string name = fmt::format("{}v{}", prefix, vertex);
    if (what.kind == VertexKind::module) {
      nodes += fmt::format("{}{} [{}]\n", indent, name,
                           module_node(machine.modules()[what.index], idle, what.live));
      continue;
    }
    const bool is_input = what.kind == VertexKind::register_input;
    const std::string_view look = !what.live ? faint
                                  : is_input ? "fillcolor=\"#e4f3df\""
                                             : "fillcolor=\"#cde8c4\"";
    nodes += fmt::format("{}{} [label=\"r{}{}\", shape=box, style=filled, {}]\n", indent, name,
                         what.index, is_input ? "" : "'", look);
    (is_input ? inputs : outputs) += name + "; ";
  }
  std::string edges;
  for (const auto edge : boost::make_iterator_range(boost::edges(graph))) {
    const CircuitVertex& end = graph[target(edge, graph)];
    const unsigned position = graph[edge].position;
    const bool named = end.kind == VertexKind::module &&
                       !argument_name(machine.modules()[end.index], position).empty();
    edges += fmt::format("{}{}v{} -> {}v{}{}{}\n", indent, prefix, source(edge, graph), prefix,
                         target(edge, graph), named ? fmt::format(":a{}", position) : "",
                         end.live ? "" : " [color=\"#d8d8d8\"]");
  }
  std::string text = nodes + edges;
  if (!inputs.empty()) {
    text += fmt::format("{}{{rank=same; {}}}\n", indent, inputs);
  }
  if (!outputs.empty()) {
    text += fmt::format("{}{{rank=same; {}}}\n", indent, outputs);
  }
  return text;
}

// States and arrows of the controller.
std::string automaton_body(const Program& program) {
  std::string text = "  start [shape=point]\n";
  for (std::uint32_t state = 0; state < program.states(); ++state) {
    text += fmt::format("  s{} [label=\"{}\", shape=circle]\n", state, state);
  }
  text += "  start -> s0\n";
  // Rules between the same two states share an arrow: from, whether to the end, to.
  using Arrow = std::tuple<std::uint32_t, bool, std::uint32_t>;
  std::map<Arrow, std::string> labels;
  bool stops = false;
  for (std::size_t i = 0; i < program.rules().size(); ++i) {
    const Rule& rule = program.rules()[i];
    const Transition& transition = rule.transition;
    const Arrow arrow{rule.state, transition.finish, transition.finish ? 0 : transition.next_state};
    labels[arrow] += fmt::format("{}: c{}\\l", case_text(program, i), transition.circuit);
    stops = stops || transition.finish;
  }
  if (stops) {
    text += "  stop [label=\"stop\", shape=doublecircle]\n";
  }
  for (const auto& [arrow, label] : labels) {
    const auto [from, finishes, to] = arrow;
    const std::string target = finishes ? "stop" : fmt::format("s{}", to);
    text += fmt::format("  s{} -> {} [label=\"{}\"]\n", from, target, label);
  }
  return text;
}

}  // namespace

std::string circuit_dot(const Program& program, std::uint32_t circuit, CircuitView view) {
  return fmt::format("digraph circuit {{\n{}  label=\"{}\"\n  labelloc=t\n{}}}\n",
                     beginning(program), title(program, circuit),
                     circuit_body(program.machine(), program.circuits()[circuit], view, "", "  "));
}

std::string program_dot(const Program& program, CircuitView view) {
  std::string text = fmt::format("digraph program {{\n{}", beginning(program));
  // Graphviz stacks the frames of a left-to-right graph from the bottom up.
  for (auto c = static_cast<std::uint32_t>(program.circuits().size()); c-- > 0;) {
    text +=
        fmt::format("  subgraph cluster_c{} {{\n    label=\"{}\"\n    color=\"#b0b0b0\"\n{}  }}\n",
                    c, title(program, c),
                    circuit_body(program.machine(), program.circuits()[c], view,
                                 fmt::format("c{}_", c), "    "));
  }
  // On top, for it says which circuit comes when, and which state follows.
  return text + fmt::format(
                    "  subgraph cluster_controller {{\n    label=\"controller\"\n    "
                    "color=\"#b0b0b0\"\n{}  "
                    "}}\n}}\n",
                    automaton_body(program));
}

std::string automaton_dot(const Program& program) {
  return fmt::format("digraph automaton {{\n{}{}}}\n", beginning(program), automaton_body(program));
}

}  // namespace nram
