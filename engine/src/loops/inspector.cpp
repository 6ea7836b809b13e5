// The inspector: the first half of a span in parallel. Finds out how far each part goes on in the
// loop, and what its first iteration finds in the registers; changes nothing. (Compare the
// inspector and the executor of Saltz, Mirchandaney and Crowley, Run-time parallelization and
// scheduling of loops, 1991.)
//
// A part can begin its reductions once those of the parts before are known, and what depends on one
// (a guard, say, or another reduction) comes in a second pass, and so on: one for each level of
// nodes.

#include "part.hpp"

#include <algorithm>

#include <nram/engine/parallel.hpp>

namespace nram::loops {
namespace {

// A value of a recomputed register may go back through this many nodes.
constexpr unsigned most_depth = 12;

// The nodes that the pass of this level has to compute: guards and addresses, what reductions of
// the next level take, and whatever these depend on.
std::vector<bool> wanted_nodes(const Plan& plan, unsigned level) {
  std::vector<bool> wanted(plan.nodes.size(), false);
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    const Node& node = plan.nodes[i];
    if (node.kind == Node::Kind::reduction && node.level == level + 1) {
      wanted[node.a] = true;
    }
    wanted[i] = wanted[i] || (node.inspected && node.level <= level);
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

// Whether the pass of this level would find out anything that an earlier one has not.
bool has_news(const Plan& plan, const std::vector<bool>& wanted, unsigned level) {
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    const Node& node = plan.nodes[i];
    if ((wanted[i] && node.evolution == Evolution::varying && node.level == level) ||
        (node.kind == Node::Kind::reduction && node.level == level + 1)) {
      return true;
    }
  }
  return false;
}

}  // namespace

// Inspects all parts. Returns how many of them run: none after one that is cut short.
template <typename Cell>
std::size_t Runner<Cell>::inspect_all(const Plan& plan, const Cell* registers,
                                      std::vector<Part>& parts) const {
  std::size_t running = parts.size();
  for (unsigned level = 0; level <= plan.levels; ++level) {
    running = start_level(plan, registers, parts, running, level);
    const std::vector<bool> wanted = wanted_nodes(plan, level);
    if (!has_news(plan, wanted, level)) {
      continue;
    }
    std::vector<std::size_t> planned;
    planned.reserve(parts.size());
    for (const Part& part : parts) {
      planned.push_back(part.iterations);
    }
    parallel_ranges(running, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t p = begin; p != end; ++p) {
        inspect(plan, parts[p], wanted, level);
      }
    });
    for (std::size_t p = 0; p < running; ++p) {
      if (parts[p].iterations < planned[p]) {
        running = parts[p].iterations == 0 ? p : p + 1;
      }
    }
  }
  return running;
}

// What registers of this level are before the first iterations of parts. Returns how many parts can
// run.
template <typename Cell>
std::size_t Runner<Cell>::start_level(const Plan& plan, const Cell* registers,
                                      std::vector<Part>& parts, std::size_t running,
                                      unsigned level) const {
  for (std::size_t p = 1; p < running; ++p) {
    Part& part = parts[p];
    const Part& before = parts[p - 1];
    for (std::size_t s = 0; s < plan.reductions.size(); ++s) {
      const Node& reduction = plan.nodes[plan.reductions[s]];
      const auto r = static_cast<std::size_t>(reduction.number);
      if (reduction.level == level) {
        part.registers[r] = combine(reduction.op, before.registers[r], before.totals[s].of_all);
      }
    }
    const ReductionValues known = reduction_values(plan, before);
    for (const Node& node : plan.nodes) {
      if (node.kind == Node::Kind::recomputed && node.level == level) {
        const std::optional<Cell> value =
            value_at(plan, node.a, part.first - 1, registers, known, most_depth);
        if (!value) {
          return p;  // this part's iterations run later, with another span
        }
        part.registers[static_cast<std::size_t>(node.number)] = *value;
      }
    }
  }
  return running;
}

// What reductions hold before the last iteration of a part, as far as passes have found it out.
template <typename Cell>
typename Runner<Cell>::ReductionValues Runner<Cell>::reduction_values(const Plan& plan,
                                                                      const Part& part) {
  ReductionValues result{part.first + part.iterations - 1,
                         std::vector<std::optional<Cell>>(plan.after.size())};
  for (std::size_t s = 0; s < plan.reductions.size(); ++s) {
    const Node& reduction = plan.nodes[plan.reductions[s]];
    const auto r = static_cast<std::size_t>(reduction.number);
    if (part.totals[s].iterations == part.iterations) {
      result.values[r] =
          part.runner.combine(reduction.op, part.registers[r], part.totals[s].before_last);
    }
  }
  return result;
}

// A node's value in one iteration of the span, as the memory is now; nothing if it cannot be
// computed, or not by going back through few nodes.
template <typename Cell>
std::optional<Cell> Runner<Cell>::value_at(const Plan& plan, NodeIndex index, std::size_t iteration,
                                           const Cell* registers, const ReductionValues& known,
                                           unsigned depth) const {
  const Node& node = plan.nodes[index];
  if (node.evolution != Evolution::varying) {
    return at(node, values_[index], iteration);
  }
  if (depth == 0) {
    return std::nullopt;
  }
  if (node.kind == Node::Kind::reduction) {
    return iteration == known.iteration ? known.values[static_cast<std::size_t>(node.number)]
                                        : std::nullopt;
  }
  if (node.kind == Node::Kind::recomputed) {
    return iteration == 0 ? registers[node.number]
                          : value_at(plan, node.a, iteration - 1, registers, known, depth - 1);
  }
  const std::optional<Cell> a = value_at(plan, node.a, iteration, registers, known, depth - 1);
  if (!a) {
    return std::nullopt;
  }
  if (node.op == Op::load) {
    return *a < memory_.size() ? std::optional<Cell>(memory_[*a]) : std::nullopt;
  }
  const std::optional<Cell> b = value_at(plan, node.b, iteration, registers, known, depth - 1);
  return b ? std::optional<Cell>(scalar(node, *a, *b)) : std::nullopt;
}

// Finds out how many of a part's iterations go on in the loop, the ranges of addresses and what the
// reductions of the next level take. The part's runner is left at its first iteration, with ranges
// of all iterations.
template <typename Cell>
void Runner<Cell>::inspect(const Plan& plan, Part& part, const std::vector<bool>& wanted,
                           unsigned level) {
  Runner inspector = part.runner;
  inspector.use_workspace(plan);
  std::vector<Cell> current = part.registers;
  for (std::size_t s = 0; s < plan.reductions.size(); ++s) {
    const Node& reduction = plan.nodes[plan.reductions[s]];
    if (reduction.level == level + 1) {
      const Cell nothing = inspector.neutral(reduction.op);
      part.totals[s] = {nothing, nothing, 0};
    }
  }
  std::size_t done = 0;
  while (done < part.iterations) {
    const std::size_t asked = std::min(part.iterations - done, inspector.tile_limit_);
    std::size_t iterations = asked;
    if (!inspector.compute_elements(plan, current.data(), iterations, &wanted)) {
      break;
    }
    done += iterations;
    for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
      const Node& node = plan.nodes[i];
      if (wanted[i] && node.evolution == Evolution::varying && node.is_address) {
        Value& all = part.runner.values_[i];
        const Value& value = inspector.values_[i];
        all.least = done == iterations ? value.least : std::min(all.least, value.least);
        all.largest = std::max(all.largest, value.largest);
      }
      if (wanted[i] && node.kind == Node::Kind::recomputed) {
        current[static_cast<std::size_t>(node.number)] =
            inspector.at(plan.nodes[node.a], inspector.values_[node.a], iterations - 1);
      }
    }
    for (std::size_t s = 0; s < plan.reductions.size(); ++s) {
      const NodeIndex reduction = plan.reductions[s];
      const Node& node = plan.nodes[reduction];
      const auto r = static_cast<std::size_t>(node.number);
      if (wanted[reduction]) {
        current[r] = inspector.combine(node.op, current[r],
                                       inspector.contribution(plan, reduction, iterations));
      }
      if (node.level == level + 1) {
        auto& total = part.totals[s];
        const Cell last = inspector.elements(plan, node.a, iterations)[iterations - 1];
        const Cell before = inspector.contribution(plan, reduction, iterations - 1);
        total.before_last = inspector.combine(node.op, total.of_all, before);
        total.of_all = inspector.combine(node.op, total.before_last, last);
        total.iterations = done;
      }
    }
    if (iterations < asked) {
      break;
    }
    inspector.next_tile(plan, iterations);
  }
  part.iterations = done;
}

// The registers after the last part, and what its last iteration stores, if that can be told
// without running iterations.
template <typename Cell>
bool Runner<Cell>::advance_unseen(const Plan& plan, Cell* registers, const Part& last) const {
  const ReductionValues known = reduction_values(plan, last);
  const auto values_of = [&](const auto& of, auto node_of) {
    std::vector<std::optional<Cell>> values;
    values.reserve(of.size());
    for (const auto& one : of) {
      values.push_back(value_at(plan, node_of(one), known.iteration, registers, known, most_depth));
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

template std::size_t Runner<std::uint32_t>::inspect_all(const Plan&, const std::uint32_t*,
                                                        std::vector<Part>&) const;
template std::size_t Runner<std::uint64_t>::inspect_all(const Plan&, const std::uint64_t*,
                                                        std::vector<Part>&) const;
template bool Runner<std::uint32_t>::advance_unseen(const Plan&, std::uint32_t*, const Part&) const;
template bool Runner<std::uint64_t>::advance_unseen(const Plan&, std::uint64_t*, const Part&) const;

}  // namespace nram::loops
