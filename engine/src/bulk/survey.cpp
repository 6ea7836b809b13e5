// The first half of a span in parallel: how far each part goes on in the loop, and what its first
// turn finds in the registers. Nothing is changed.
//
// A part can begin its sums once those of the parts before are known, and what depends on a sum (a
// test, say, or another sum) comes in a second survey, and so on: one for each level of nodes.

#include "part.hpp"

#include <algorithm>

#include <nram/engine/parallel.hpp>

namespace nram::bulk {
namespace {

// A value of a fresh register may go back through this many nodes.
constexpr unsigned most_depth = 12;

// The nodes that a survey of this level has to compute: tests and addresses, what accumulators of
// the next level accumulate, and whatever these depend on.
std::vector<bool> wanted_nodes(const Plan& plan, unsigned level) {
  std::vector<bool> wanted(plan.nodes.size(), false);
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    const Node& node = plan.nodes[i];
    if (node.kind == Node::Kind::scan && node.level == level + 1) {
      wanted[node.a] = true;
    }
    wanted[i] = wanted[i] || (node.early && node.level <= level);
  }
  for (std::size_t i = plan.nodes.size(); i-- != 0;) {
    for (const NodeIndex operand : {plan.nodes[i].a, plan.nodes[i].b}) {
      if (wanted[i] && operand != no_node) {
        wanted[operand] = true;
      }
    }
  }
  return wanted;
}

// Whether a survey of this level would find out anything that an earlier one has not.
bool has_news(const Plan& plan, const std::vector<bool>& wanted, unsigned level) {
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    const Node& node = plan.nodes[i];
    if ((wanted[i] && node.shape == Shape::varying && node.level == level) ||
        (node.kind == Node::Kind::scan && node.level == level + 1)) {
      return true;
    }
  }
  return false;
}

}  // namespace

// Surveys all parts. Returns how many of them run: none after one that is cut short.
template <typename Cell>
std::size_t Runner<Cell>::survey_all(const Plan& plan, const Cell* registers,
                                     std::vector<Part>& parts) const {
  std::size_t running = parts.size();
  for (unsigned level = 0; level <= plan.levels; ++level) {
    running = start_level(plan, registers, parts, running, level);
    const std::vector<bool> wanted = wanted_nodes(plan, level);
    if (!has_news(plan, wanted, level)) {
      continue;
    }
    std::vector<std::size_t> planned;
    for (const Part& part : parts) {
      planned.push_back(part.turns);
    }
    parallel_ranges(running, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t p = begin; p != end; ++p) {
        survey(plan, parts[p], wanted, level);
      }
    });
    for (std::size_t p = 0; p < running; ++p) {
      if (parts[p].turns < planned[p]) {
        running = parts[p].turns == 0 ? p : p + 1;
      }
    }
  }
  return running;
}

// What registers of this level are before the first turns of parts. Returns how many parts can run.
template <typename Cell>
std::size_t Runner<Cell>::start_level(const Plan& plan, const Cell* registers,
                                      std::vector<Part>& parts, std::size_t running,
                                      unsigned level) const {
  for (std::size_t p = 1; p < running; ++p) {
    Part& part = parts[p];
    const Part& before = parts[p - 1];
    for (std::size_t s = 0; s < plan.scans.size(); ++s) {
      const Node& scan = plan.nodes[plan.scans[s]];
      const auto r = static_cast<std::size_t>(scan.number);
      if (scan.level == level) {
        part.registers[r] = combine(scan.op, before.registers[r], before.totals[s].of_all);
      }
    }
    const Accumulated known = accumulated(plan, before);
    for (const Node& node : plan.nodes) {
      if (node.kind == Node::Kind::shifted && node.level == level) {
        const std::optional<Cell> value =
            value_at(plan, node.a, part.first - 1, registers, known, most_depth);
        if (!value) {
          return p;  // this part's turns run later, with another span
        }
        part.registers[static_cast<std::size_t>(node.number)] = *value;
      }
    }
  }
  return running;
}

// What accumulators hold before the last turn of a part, as far as surveys have found it out.
template <typename Cell>
typename Runner<Cell>::Accumulated Runner<Cell>::accumulated(const Plan& plan, const Part& part) {
  Accumulated result{part.first + part.turns - 1,
                     std::vector<std::optional<Cell>>(plan.after.size())};
  for (std::size_t s = 0; s < plan.scans.size(); ++s) {
    const Node& scan = plan.nodes[plan.scans[s]];
    const auto r = static_cast<std::size_t>(scan.number);
    if (part.totals[s].turns == part.turns) {
      result.values[r] =
          part.runner.combine(scan.op, part.registers[r], part.totals[s].before_last);
    }
  }
  return result;
}

// A node's value in one turn of the span, as the memory is now; nothing if it cannot be computed,
// or not by going back through few nodes.
template <typename Cell>
std::optional<Cell> Runner<Cell>::value_at(const Plan& plan, NodeIndex index, std::size_t turn,
                                           const Cell* registers, const Accumulated& accumulated,
                                           unsigned depth) const {
  const Node& node = plan.nodes[index];
  if (node.shape != Shape::varying) {
    return at(node, values_[index], turn);
  }
  if (depth == 0) {
    return std::nullopt;
  }
  if (node.kind == Node::Kind::scan) {
    return turn == accumulated.turn ? accumulated.values[static_cast<std::size_t>(node.number)]
                                    : std::nullopt;
  }
  if (node.kind == Node::Kind::shifted) {
    return turn == 0 ? registers[node.number]
                     : value_at(plan, node.a, turn - 1, registers, accumulated, depth - 1);
  }
  const std::optional<Cell> a = value_at(plan, node.a, turn, registers, accumulated, depth - 1);
  if (!a) {
    return std::nullopt;
  }
  if (node.op == Op::load) {
    return *a < memory_.size() ? std::optional<Cell>(memory_[*a]) : std::nullopt;
  }
  const std::optional<Cell> b = value_at(plan, node.b, turn, registers, accumulated, depth - 1);
  return b ? std::optional<Cell>(scalar(node, *a, *b)) : std::nullopt;
}

// Finds out how many of a part's turns go on in the loop, the ranges of addresses and what the
// accumulators of the next level accumulate. The part's runner is left at its first turn, with
// ranges of all turns.
template <typename Cell>
void Runner<Cell>::survey(const Plan& plan, Part& part, const std::vector<bool>& wanted,
                          unsigned level) {
  Runner looking = part.runner;
  looking.use_workspace(plan);
  std::vector<Cell> current = part.registers;
  for (std::size_t s = 0; s < plan.scans.size(); ++s) {
    const Node& scan = plan.nodes[plan.scans[s]];
    if (scan.level == level + 1) {
      const Cell nothing = looking.neutral(scan.op);
      part.totals[s] = {nothing, nothing, 0};
    }
  }
  std::size_t done = 0;
  while (done < part.turns) {
    const std::size_t asked = std::min(part.turns - done, looking.tile_limit_);
    std::size_t turns = asked;
    if (!looking.compute_lanes(plan, current.data(), turns, &wanted)) {
      break;
    }
    done += turns;
    for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
      const Node& node = plan.nodes[i];
      if (wanted[i] && node.shape == Shape::varying && node.is_address) {
        Value& all = part.runner.values_[i];
        const Value& value = looking.values_[i];
        all.least = done == turns ? value.least : std::min(all.least, value.least);
        all.largest = std::max(all.largest, value.largest);
      }
      if (wanted[i] && node.kind == Node::Kind::shifted) {
        current[static_cast<std::size_t>(node.number)] =
            looking.at(plan.nodes[node.a], looking.values_[node.a], turns - 1);
      }
    }
    for (std::size_t s = 0; s < plan.scans.size(); ++s) {
      const NodeIndex scan = plan.scans[s];
      const Node& node = plan.nodes[scan];
      const auto r = static_cast<std::size_t>(node.number);
      if (wanted[scan]) {
        current[r] = looking.combine(node.op, current[r], looking.contribution(plan, scan, turns));
      }
      if (node.level == level + 1) {
        auto& total = part.totals[s];
        const Cell last = looking.lanes(plan, node.a, turns)[turns - 1];
        const Cell before = looking.contribution(plan, scan, turns - 1);
        total.before_last = looking.combine(node.op, total.of_all, before);
        total.of_all = looking.combine(node.op, total.before_last, last);
        total.turns = done;
      }
    }
    if (turns < asked) {
      break;
    }
    looking.next_tile(plan, turns);
  }
  part.turns = done;
}

// The registers after the last part, and what its last turn stores, if that can be told without
// running turns.
template <typename Cell>
bool Runner<Cell>::advance_unseen(const Plan& plan, Cell* registers, const Part& last) const {
  const Accumulated known = accumulated(plan, last);
  const auto values_of = [&](const auto& of, auto node_of) {
    std::vector<std::optional<Cell>> values;
    for (const auto& one : of) {
      values.push_back(value_at(plan, node_of(one), known.turn, registers, known, most_depth));
    }
    return values;
  };
  const auto after = values_of(plan.after, [](NodeIndex node) { return node; });
  const auto stored = values_of(plan.stores, [](const Store& store) { return store.value; });
  const auto are_known = [](const auto& values) {
    return std::all_of(values.begin(), values.end(), [](const auto& one) { return one; });
  };
  if (!are_known(after) || !are_known(stored)) {
    return false;
  }
  for (std::size_t s = 0; s < stored.size(); ++s) {
    memory_[values_[plan.stores[s].address].base] = *stored[s];
  }
  std::transform(after.begin(), after.end(), registers, [](const auto& one) { return *one; });
  return true;
}

template std::size_t Runner<std::uint32_t>::survey_all(const Plan&, const std::uint32_t*,
                                                       std::vector<Part>&) const;
template std::size_t Runner<std::uint64_t>::survey_all(const Plan&, const std::uint64_t*,
                                                       std::vector<Part>&) const;
template bool Runner<std::uint32_t>::advance_unseen(const Plan&, std::uint32_t*, const Part&) const;
template bool Runner<std::uint64_t>::advance_unseen(const Plan&, std::uint64_t*, const Part&) const;

}  // namespace nram::bulk
