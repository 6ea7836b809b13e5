#include "listing/graph.hpp"
#include "listing/names.hpp"
#include "listing/schedule.hpp"
#include "listing/structure.hpp"
#include "listing/text.hpp"
#include "listing/variables.hpp"

#include <iterator>

#include <nram/engine/flow.hpp>
#include <nram/model-io/inspect.hpp>

namespace nram::listings {
namespace {

// Nobody reads more; and each part of the listing looks at all of them.
constexpr std::size_t most_nodes = 256;

// Blocks and tests between them.
std::size_t nodes_of(const flow::Flow& flow) {
  std::size_t nodes = flow.blocks.size();
  for (const flow::Decision& decision : flow.decisions) {
    nodes += decision.tests.size();
  }
  return nodes;
}

// Pieces of the nodes, each with the number of its node; what happens on one way out only is part
// of the piece there, or a piece of its own.
std::vector<Piece> pieces_of(Expressions& expressions, const Graph& graph,
                             const Variables& variables, std::size_t& names) {
  std::vector<Piece> pieces(graph.nodes.size());
  std::vector<std::vector<Line>> first(graph.nodes.size());
  const auto before = graph.predecessors();
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    Schedule work = schedule(expressions, variables.work[n], names);
    pieces[n].lines = std::move(work.lines);
    pieces[n].condition = std::move(work.condition);
    pieces[n].steps = node.steps.size();
    for (unsigned s = 0; s < node.successors(); ++s) {
      std::size_t next = node.next[s];
      if (!work.on_way[s].empty()) {
        if (before[next].size() == 1 && next != Graph::exit) {
          first[next] = std::move(work.on_way[s]);
        } else {
          pieces.push_back({std::move(work.on_way[s]), {}, {next}, 0});
          next = pieces.size() - 1;
        }
      }
      pieces[n].next.push_back(next);
    }
  }
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    pieces[n].lines.insert(pieces[n].lines.begin(), std::make_move_iterator(first[n].begin()),
                           std::make_move_iterator(first[n].end()));
  }
  return pieces;
}

PseudoCode code_of(const Program& program, const flow::Flow& flow, Deferral deferral) {
  Expressions expressions(program.machine());
  Graph graph = graph_of(flow);
  const Variables variables = find_variables(expressions, flow, graph, deferral);
  std::size_t names = variables.registers.size();
  const Structure structure =
      structure_of(expressions, pieces_of(expressions, graph, variables, names));
  const std::vector<std::string> all =
      find_names(expressions, structure, names, variables.registers);
  PseudoCode result;
  result.lines = lines_of(expressions, structure, all);
  for (std::size_t v = 0; v < all.size(); ++v) {
    if (!all[v].empty()) {
      result.variables.emplace_back(all[v], std::vector<unsigned>());
      if (v < variables.registers.size()) {
        result.variables.back().second.assign(variables.registers[v].begin(),
                                              variables.registers[v].end());
      }
    }
  }
  result.is_complete = true;
  return result;
}

std::size_t length_of(const PseudoCode& code) {
  std::size_t length = 0;
  for (const std::string& line : code.lines) {
    length += line.size();
  }
  return length;
}

}  // namespace
}  // namespace nram::listings

namespace nram {

PseudoCode pseudo_code(const Program& program) {
  const flow::Flow flow = flow::optimise(program, {}, false);
  if (listings::nodes_of(flow) > listings::most_nodes) {
    return {};
  }
  // Either may be shorter.
  PseudoCode one = listings::code_of(program, flow, listings::Deferral::one_way);
  PseudoCode both = listings::code_of(program, flow, listings::Deferral::both_ways);
  return listings::length_of(both) < listings::length_of(one) ? both : one;
}

}  // namespace nram
