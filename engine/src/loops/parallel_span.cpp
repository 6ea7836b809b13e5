// A span in parallel: every thread takes a part of the iterations. First all inspect, without
// changing anything, how far their part goes on in the loop and what it adds to reductions
// (inspector.cpp); then the parts before the first exit run, each with the reductions of those
// before it. Iterations that store nothing need not run.
//
// For this the parts must not depend on each other through the memory. Loads never read what an
// earlier iteration of the span stores. What a later iteration stores a load may have to read
// before, in another part: such stores wait until all parts are done.

#include "part.hpp"

#include <algorithm>
#include <cstdlib>

#include <nram/engine/parallel.hpp>

namespace nram::loops {

template <typename Cell>
std::size_t Runner<Cell>::parallel_span(const Plan& plan, Cell* registers, std::size_t iterations,
                                        bool& ended) {
  const std::size_t asked = iterations;
  ended = true;
  if (!begin_span(plan, registers, iterations)) {
    return 0;
  }
  const std::optional<std::size_t> defer = iterations_to_defer(plan, iterations);
  if (!defer || iterations < parts_ * span_limit_) {
    return span(plan, registers, std::min(asked, span_limit_), ended);
  }

  std::vector<Part> parts = split(plan, registers, iterations);
  const std::size_t running = inspect_all(plan, registers, parts);
  for (std::size_t p = 0; p < running; ++p) {
    const bool is_free = std::all_of(unchecked_.begin(), unchecked_.end(), [&](const auto& pair) {
      return disjoint(parts[p].runner.addresses(plan, pair.first),
                      addresses(plan, plan.stores[pair.second].address), iterations);
    });
    if (!is_free) {
      return span(plan, registers, std::min(asked, span_limit_), ended);
    }
  }
  use_workspace(plan);
  std::size_t done = 0;
  for (std::size_t p = 0; p < running; ++p) {
    done += parts[p].iterations;
  }
  ended = done < iterations;
  const bool only_last = last_iteration_is_all(plan);
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
    for (const auto& [address, value] : parts[p].last_stores) {
      memory_[address] = value;
    }
  }
  std::copy(parts[running - 1].registers.begin(), parts[running - 1].registers.end(), registers);
  use_workspace(plan);
  return done;
}

// Parts of this many iterations of the span that has begun.
template <typename Cell>
auto Runner<Cell>::split(const Plan& plan, const Cell* registers, std::size_t iterations) const
    -> std::vector<Part> {
  std::vector<Part> parts;
  const std::size_t share = (iterations / parts_ + tile_limit_ - 1) / tile_limit_ * tile_limit_;
  for (std::size_t first = 0; first < iterations; first += share) {
    Part part{*this, first, std::vector<Cell>(registers, registers + plan.after.size()),
              std::vector<typename Part::Total>(plan.reductions.size()),
              std::min(share, iterations - first)};
    part.runner.next_tile(plan, first);
    part.runner.foreign_front_ = first != 0;
    parts.push_back(std::move(part));
  }
  return parts;
}

// Whether nothing remains of iterations but the last: they store nothing, or each to the same
// cells.
template <typename Cell>
bool Runner<Cell>::last_iteration_is_all(const Plan& plan) const {
  return std::all_of(plan.stores.begin(), plan.stores.end(), [&](const Store& one) {
    return plan.nodes[one.address].evolution != Evolution::varying &&
           values_[one.address].stride == 0;
  });
}

// How many first iterations of a part have stores that must wait because iterations before may
// still have to load what is there; nothing if that is too many or parts would depend on each
// other.
template <typename Cell>
std::optional<std::size_t> Runner<Cell>::iterations_to_defer(const Plan& plan,
                                                             std::size_t iterations) const {
  const auto span = static_cast<std::int64_t>(iterations);
  std::int64_t defer = 0;
  for (const Store& one : plan.stores) {
    const Addresses store = addresses(plan, one.address);
    for (const Access& access : plan.accesses) {
      const bool is_same = access.is_store && &plan.stores[access.node] == &one;
      const NodeIndex address =
          access.is_store ? plan.stores[access.node].address : plan.nodes[access.node].a;
      const Addresses other = addresses(plan, address);
      if (is_same || !other.strided || (address == one.address && store.stride != 0)) {
        continue;  // found out when they are computed; the same cell in the same iteration
      }
      if (other.stride != store.stride || store.stride == 0) {
        if (!disjoint(other, store, iterations)) {
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

// Runs a part; the stores of its first `defer` iterations wait.
template <typename Cell>
void Runner<Cell>::execute(const Plan& plan, Part& part, std::size_t defer) {
  Runner& runner = part.runner;
  runner.use_workspace(plan);
  const std::size_t first = std::min(defer != 0 ? defer : runner.tile_, part.iterations);
  runner.deferred_ = defer != 0 ? &part.deferred : nullptr;
  runner.last_stores_ = &part.last_stores;
  const std::size_t ran = runner.tile(plan, part.registers.data(), first);
  runner.deferred_ = nullptr;
  runner.foreign_front_ = false;
  if (ran == first && first < part.iterations) {
    runner.next_tile(plan, first);
    runner.run_tiles(plan, part.registers.data(), part.iterations - first);
  }
  if (runner.streamed_) {
    runner.kernels_.fence();
  }
}

template std::size_t Runner<std::uint32_t>::parallel_span(const Plan&, std::uint32_t*, std::size_t,
                                                          bool&);
template std::size_t Runner<std::uint64_t>::parallel_span(const Plan&, std::uint64_t*, std::size_t,
                                                          bool&);

}  // namespace nram::loops
