// A span in parallel: every thread takes a part of the turns. First all look, without changing
// anything, how far their part goes on in the loop; then the parts before the first exit run.
//
// For this the parts must not depend on each other through the memory. Loads never read what an
// earlier turn of the span stores. What a later turn stores a load may have to read before, in
// another part: such stores wait until all parts are done.

#include "runner.hpp"

#include <algorithm>
#include <cstdlib>

#include <nram/engine/parallel.hpp>

namespace nram::bulk {
namespace {

// A value of a fresh register may go back through this many nodes.
constexpr unsigned most_depth = 12;

}  // namespace

template <typename Cell>
struct Runner<Cell>::Part {
  Runner runner;                ///< stands before the part's first turn
  std::vector<Cell> registers;  ///< likewise, as far as turns look at those before
  std::size_t turns = 0;        ///< until the loop ends or the part does
  std::size_t ran = 0;
  std::vector<std::pair<Cell, Cell>> deferred{};
};

template <typename Cell>
std::size_t Runner<Cell>::parallel_span(const Plan& plan, Cell* registers, std::size_t turns,
                                        bool& ended) {
  const std::size_t asked = turns;
  ended = true;
  if (!begin_span(plan, registers, turns)) {
    return 0;
  }
  const std::optional<std::size_t> defer = turns_to_defer(plan, turns);
  if (!defer || turns < parts_ * span_limit_) {
    return span(plan, registers, std::min(asked, span_limit_), ended);
  }

  std::vector<Part> parts;
  const std::size_t share = (turns / parts_ + tile_limit_ - 1) / tile_limit_ * tile_limit_;
  for (std::size_t first = 0; first < turns; first += share) {
    Part part{*this, std::vector<Cell>(registers, registers + plan.after.size()),
              std::min(share, turns - first)};
    for (std::size_t r = 0; first != 0 && r < plan.after.size(); ++r) {
      const std::optional<Cell> value =
          value_at(plan, plan.after[r], first - 1, registers, most_depth);
      part.turns = value ? part.turns : 0;  // this part's turns run later, with another span
      part.registers[r] = value.value_or(0);
    }
    part.runner.next_tile(plan, first);
    part.runner.foreign_front_ = first != 0;
    parts.push_back(std::move(part));
  }

  std::vector<std::size_t> planned;
  for (const Part& part : parts) {
    planned.push_back(part.turns);
  }
  parallel_ranges(parts.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t p = begin; p != end; ++p) {
      survey(plan, parts[p]);
    }
  });
  // Parts after one that is cut short do not run.
  std::size_t running = 0;
  while (running < parts.size() && parts[running].turns != 0) {
    ++running;
    if (parts[running - 1].turns < planned[running - 1]) {
      break;
    }
  }
  for (std::size_t p = 0; p < running; ++p) {
    const bool is_free = std::all_of(unsettled_.begin(), unsettled_.end(), [&](const auto& pair) {
      return disjoint(parts[p].runner.addresses(plan, pair.first),
                      addresses(plan, plan.stores[pair.second].address), turns);
    });
    if (!is_free) {
      return span(plan, registers, std::min(asked, span_limit_), ended);
    }
  }
  parallel_ranges(running, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t p = begin; p != end; ++p) {
      execute(plan, parts[p], p == 0 ? 0 : *defer);
    }
  });

  std::size_t done = 0;
  for (std::size_t p = 0; p < running; ++p) {
    for (const auto& [address, value] : parts[p].deferred) {
      memory_[address] = value;
    }
    done += parts[p].ran;
    std::copy(parts[p].registers.begin(), parts[p].registers.end(), registers);
  }
  use_workspace(plan);
  ended = done < turns;
  return done;
}

// How many first turns of a part have stores that must wait because turns before may still have to
// load what is there; nothing if that is too many or parts would depend on each other.
template <typename Cell>
std::optional<std::size_t> Runner<Cell>::turns_to_defer(const Plan& plan, std::size_t turns) const {
  const auto span = static_cast<std::int64_t>(turns);
  std::int64_t defer = 0;
  for (const Store& one : plan.stores) {
    const Addresses store = addresses(plan, one.address);
    if (store.stride == 0) {
      return std::nullopt;  // the last turn must be the last to store
    }
    for (const Access& access : plan.accesses) {
      const NodeIndex address =
          access.is_store ? plan.stores[access.node].address : plan.nodes[access.node].a;
      const Addresses other = addresses(plan, address);
      if (!other.linear || address == one.address) {
        continue;  // found out when they are computed; the same cell in the same turn
      }
      if (other.stride != store.stride) {
        if (!disjoint(other, store, turns)) {
          return std::nullopt;
        }
        continue;
      }
      const std::int64_t ahead = other.first - store.first;
      const std::int64_t distance = ahead % store.stride == 0 ? ahead / store.stride : span;
      if (std::abs(distance) >= span) {
        continue;
      }
      if (distance < 0 || (access.is_store && distance != 0)) {
        return std::nullopt;
      }
      defer = std::max(defer, distance);
    }
  }
  return defer <= static_cast<std::int64_t>(tile_) ? std::optional(static_cast<std::size_t>(defer))
                                                   : std::nullopt;
}

// A node's value in one turn of the span, as the memory is now; nothing if it cannot be computed,
// or not by going back through few nodes.
template <typename Cell>
std::optional<Cell> Runner<Cell>::value_at(const Plan& plan, NodeIndex index, std::size_t turn,
                                           const Cell* registers, unsigned depth) const {
  const Node& node = plan.nodes[index];
  if (node.shape != Shape::varying) {
    return at(node, values_[index], turn);
  }
  if (depth == 0) {
    return std::nullopt;
  }
  if (node.kind == Node::Kind::shifted) {
    return turn == 0 ? registers[node.number]
                     : value_at(plan, node.a, turn - 1, registers, depth - 1);
  }
  const std::optional<Cell> a = value_at(plan, node.a, turn, registers, depth - 1);
  if (!a) {
    return std::nullopt;
  }
  if (node.op == Op::load) {
    return *a < memory_.size() ? std::optional<Cell>(memory_[*a]) : std::nullopt;
  }
  const std::optional<Cell> b = value_at(plan, node.b, turn, registers, depth - 1);
  return b ? std::optional<Cell>(scalar(node, *a, *b)) : std::nullopt;
}

// Finds out how many of a part's turns go on in the loop, and the ranges of addresses. The part's
// runner is left at its first turn, with ranges of all turns.
template <typename Cell>
void Runner<Cell>::survey(const Plan& plan, Part& part) {
  Runner looking = part.runner;
  looking.use_workspace(plan);
  std::vector<Cell> current = part.registers;
  std::size_t done = 0;
  while (done < part.turns) {
    const std::size_t asked = std::min(part.turns - done, tile_limit_);
    std::size_t turns = asked;
    if (!looking.compute_lanes(plan, current.data(), turns, true)) {
      break;
    }
    for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
      if (plan.nodes[i].shape == Shape::varying && plan.nodes[i].is_address) {
        Value& all = part.runner.values_[i];
        const Value& value = looking.values_[i];
        all.least = done == 0 ? value.least : std::min(all.least, value.least);
        all.largest = std::max(all.largest, value.largest);
      }
    }
    for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
      const Node& node = plan.nodes[i];
      if (node.kind == Node::Kind::shifted && node.early) {
        current[static_cast<std::size_t>(node.number)] =
            looking.at(plan.nodes[node.a], looking.values_[node.a], turns - 1);
      }
    }
    done += turns;
    if (turns < asked) {
      break;
    }
    looking.next_tile(plan, turns);
  }
  part.turns = done;
}

// Runs a part; the stores of its first `defer` turns wait.
template <typename Cell>
void Runner<Cell>::execute(const Plan& plan, Part& part, std::size_t defer) {
  Runner& runner = part.runner;
  runner.use_workspace(plan);
  const std::size_t first = std::min(defer != 0 ? defer : runner.tile_, part.turns);
  runner.deferred_ = defer != 0 ? &part.deferred : nullptr;
  part.ran = runner.tile(plan, part.registers.data(), first);
  runner.deferred_ = nullptr;
  runner.foreign_front_ = false;
  if (part.ran == first && first < part.turns) {
    runner.next_tile(plan, first);
    part.ran += runner.run_tiles(plan, part.registers.data(), part.turns - first);
  }
  if (runner.streamed_) {
    runner.kernels_.fence();
  }
}

template std::size_t Runner<std::uint32_t>::parallel_span(const Plan&, std::uint32_t*, std::size_t,
                                                          bool&);
template std::size_t Runner<std::uint64_t>::parallel_span(const Plan&, std::uint64_t*, std::size_t,
                                                          bool&);

}  // namespace nram::bulk
