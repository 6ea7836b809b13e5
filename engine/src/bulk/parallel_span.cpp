// A span in parallel: every thread takes a part of the turns. First all look, without changing
// anything, how far their part goes on in the loop and what it adds to accumulators (survey.cpp);
// then the parts before the first exit run, each with what those before it have accumulated. Turns
// that store nothing need not run.
//
// For this the parts must not depend on each other through the memory. Loads never read what an
// earlier turn of the span stores. What a later turn stores a load may have to read before, in
// another part: such stores wait until all parts are done.

#include "part.hpp"

#include <algorithm>
#include <cstdlib>

#include <nram/engine/parallel.hpp>

namespace nram::bulk {

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

  std::vector<Part> parts = split(plan, registers, turns);
  const std::size_t running = survey_all(plan, registers, parts);
  for (std::size_t p = 0; p < running; ++p) {
    const bool is_free = std::all_of(unsettled_.begin(), unsettled_.end(), [&](const auto& pair) {
      return disjoint(parts[p].runner.addresses(plan, pair.first),
                      addresses(plan, plan.stores[pair.second].address), turns);
    });
    if (!is_free) {
      return span(plan, registers, std::min(asked, span_limit_), ended);
    }
  }
  use_workspace(plan);
  std::size_t done = 0;
  for (std::size_t p = 0; p < running; ++p) {
    done += parts[p].turns;
  }
  ended = done < turns;
  const bool only_last = last_turn_is_all(plan);
  if (done == 0 || (only_last && advance_unseen(plan, registers, parts[running - 1]))) {
    return done;
  }
  const std::size_t first = only_last ? running - 1 : 0;
  parallel_ranges(running - first, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t p = first + begin; p != first + end; ++p) {
      execute(plan, parts[p], p == 0 ? 0 : *defer);
    }
  });
  for (std::size_t p = first; p < running; ++p) {
    for (const auto& [address, value] : parts[p].deferred) {
      memory_[address] = value;
    }
    for (const auto& [address, value] : parts[p].kept) {
      memory_[address] = value;
    }
  }
  std::copy(parts[running - 1].registers.begin(), parts[running - 1].registers.end(), registers);
  use_workspace(plan);
  return done;
}

// Parts of this many turns of the span that has begun.
template <typename Cell>
auto Runner<Cell>::split(const Plan& plan, const Cell* registers, std::size_t turns) const
    -> std::vector<Part> {
  std::vector<Part> parts;
  const std::size_t share = (turns / parts_ + tile_limit_ - 1) / tile_limit_ * tile_limit_;
  for (std::size_t first = 0; first < turns; first += share) {
    Part part{*this, first, std::vector<Cell>(registers, registers + plan.after.size()),
              std::vector<typename Part::Total>(plan.scans.size()), std::min(share, turns - first)};
    part.runner.next_tile(plan, first);
    part.runner.foreign_front_ = first != 0;
    parts.push_back(std::move(part));
  }
  return parts;
}

// Whether nothing remains of turns but the last: they store nothing, or each to the same cells.
template <typename Cell>
bool Runner<Cell>::last_turn_is_all(const Plan& plan) const {
  return std::all_of(plan.stores.begin(), plan.stores.end(), [&](const Store& one) {
    return plan.nodes[one.address].shape != Shape::varying && values_[one.address].stride == 0;
  });
}

// How many first turns of a part have stores that must wait because turns before may still have to
// load what is there; nothing if that is too many or parts would depend on each other.
template <typename Cell>
std::optional<std::size_t> Runner<Cell>::turns_to_defer(const Plan& plan, std::size_t turns) const {
  const auto span = static_cast<std::int64_t>(turns);
  std::int64_t defer = 0;
  for (const Store& one : plan.stores) {
    const Addresses store = addresses(plan, one.address);
    for (const Access& access : plan.accesses) {
      const bool is_same = access.is_store && &plan.stores[access.node] == &one;
      const NodeIndex address =
          access.is_store ? plan.stores[access.node].address : plan.nodes[access.node].a;
      const Addresses other = addresses(plan, address);
      if (is_same || !other.linear || (address == one.address && store.stride != 0)) {
        continue;  // found out when they are computed; the same cell in the same turn
      }
      if (other.stride != store.stride || store.stride == 0) {
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

// Runs a part; the stores of its first `defer` turns wait.
template <typename Cell>
void Runner<Cell>::execute(const Plan& plan, Part& part, std::size_t defer) {
  Runner& runner = part.runner;
  runner.use_workspace(plan);
  const std::size_t first = std::min(defer != 0 ? defer : runner.tile_, part.turns);
  runner.deferred_ = defer != 0 ? &part.deferred : nullptr;
  runner.kept_ = &part.kept;
  const std::size_t ran = runner.tile(plan, part.registers.data(), first);
  runner.deferred_ = nullptr;
  runner.foreign_front_ = false;
  if (ran == first && first < part.turns) {
    runner.next_tile(plan, first);
    runner.run_tiles(plan, part.registers.data(), part.turns - first);
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
