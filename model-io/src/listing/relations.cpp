#include "listing/relations.hpp"

#include "listing/effect.hpp"

#include <cstddef>
#include <cstdlib>
#include <deque>
#include <optional>
#include <utility>

namespace nram::listings {
namespace {

using Registers = std::vector<Relation>;
using Way = std::vector<Offset>;  // what registers hold at the end of a node that leads here

// Differences of offsets up to here are numbers of 64 bits.
constexpr std::int64_t largest_difference = std::int64_t{1} << 40U;

bool same_difference(const Way& way, const Way& other, std::size_t r, std::size_t s) {
  for (const std::int64_t offset :
       {way[r].offset, way[s].offset, other[r].offset, other[s].offset}) {
    if (std::abs(offset) > largest_difference) {
      return r == s;
    }
  }
  return way[r].offset - way[s].offset == other[r].offset - other[s].offset;
}

// Registers that hold the same value but for a constant, on all ways, belong together.
Registers join(const std::vector<Way>& ways, Value zero) {
  const std::size_t registers = ways.front().size();
  const auto together = [&](std::size_t r, std::size_t s) {
    for (const Way& way : ways) {
      if (way[r].base != way[s].base || !same_difference(way, ways.front(), r, s)) {
        return false;
      }
    }
    return true;
  };
  const auto constant = [&](std::size_t r) {
    for (const Way& way : ways) {
      if (way[r].base != zero || way[r].offset != ways.front()[r].offset) {
        return false;
      }
    }
    return true;
  };
  Registers joined(registers);
  for (std::size_t r = 0; r < registers; ++r) {
    if (constant(r)) {
      joined[r] = {true, 0, ways.front()[r].offset};
      continue;
    }
    std::size_t first = 0;
    while (!together(r, first)) {
      ++first;
    }
    joined[r] = {false, static_cast<unsigned>(first),
                 first == r ? 0 : ways.front()[r].offset - ways.front()[first].offset};
  }
  return joined;
}

class RelationSearch {
 public:
  RelationSearch(Expressions& expressions, const flow::Flow& flow, const Graph& graph)
      : expressions_(expressions),
        flow_(flow),
        graph_(graph),
        at_(graph.nodes.size()),
        ways_(graph.nodes.size()),
        visits_(graph.nodes.size(), 0) {}

  std::vector<Registers> run() {
    at_[Graph::start] = Registers(flow_.machine.registers(), Relation{true, 0, 0});
    std::deque<std::size_t> open = {Graph::start};
    while (!open.empty()) {
      const std::size_t n = open.front();
      open.pop_front();
      leave(n);
      const Node& node = graph_.nodes[n];
      for (unsigned s = 0; s < node.successors(); ++s) {
        const std::size_t next = node.next[s];
        Registers joined = join(ways_into(next), expressions_.constant(0));
        if (++visits_[next] > most_visits) {
          joined = unrelated();
        }
        if (next != Graph::exit && at_[next] != joined) {
          at_[next] = std::move(joined);
          open.push_back(next);
        }
      }
    }
    std::vector<Registers> all;
    for (const auto& registers : at_) {
      all.push_back(registers.value_or(unrelated()));
    }
    return all;
  }

 private:
  // What is known becomes less with each visit, but for oddities of algebra; those end here.
  static constexpr std::size_t most_visits = 200;

  [[nodiscard]] Registers unrelated() const {
    Registers registers;
    for (unsigned r = 0; r < flow_.machine.registers(); ++r) {
      registers.push_back({false, r, 0});
    }
    return registers;
  }

  // What the node leaves behind on each of its ways.
  void leave(std::size_t n) {
    const Node& node = graph_.nodes[n];
    const Effect effect(expressions_, flow_, node,
                        entry_values(expressions_, *at_[n], [](unsigned r) { return r; }));
    ways_[n].clear();
    for (unsigned s = 0; s < node.successors(); ++s) {
      Way way;
      way.reserve(effect.registers().size());
      for (const Value value : effect.registers()) {
        way.push_back(expressions_.offset_of(value));
      }
      if (node.end == Node::End::branch && s == 0) {
        way[node.reg] = expressions_.offset_of(expressions_.constant(0));
      }
      ways_[n].push_back(std::move(way));
    }
  }

  [[nodiscard]] std::vector<Way> ways_into(std::size_t target) const {
    std::vector<Way> all;
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      for (std::size_t s = 0; s < ways_[n].size(); ++s) {
        if (graph_.nodes[n].next[s] == target) {
          all.push_back(ways_[n][s]);
        }
      }
    }
    return all;
  }

  Expressions& expressions_;
  const flow::Flow& flow_;
  const Graph& graph_;
  std::vector<std::optional<Registers>> at_;
  std::vector<std::vector<Way>> ways_;
  std::vector<std::size_t> visits_;
};

}  // namespace

std::vector<std::vector<Relation>> find_relations(Expressions& expressions, const flow::Flow& flow,
                                                  const Graph& graph) {
  return RelationSearch(expressions, flow, graph).run();
}

}  // namespace nram::listings
