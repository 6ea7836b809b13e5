#include "runner.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>

#include <nram/engine/parallel.hpp>

namespace nram::loops {
namespace {

// Fewer iterations at a time than this are left to the sequential engine.
constexpr std::size_t usual_least_iterations = 16;

// Room for this many cells, their values unspecified; the thread keeps it for its next loop, for
// getting fresh pages from the system takes longer than many a loop.
template <typename Cell>
Cell* workspace(std::size_t cells) {
  constexpr std::size_t alignment = 64;
  thread_local std::vector<std::byte> room;
  if (room.size() < cells * sizeof(Cell) + alignment) {
    room = std::vector<std::byte>(cells * sizeof(Cell) + alignment);
  }
  void* start = room.data();
  std::size_t space = room.size();
  return static_cast<Cell*>(std::align(alignment, cells * sizeof(Cell), start, space));
}

}  // namespace

template <typename Cell>
Runner<Cell>::Runner(const Machine& machine, const Plans& plans, std::span<Cell> memory,
                     Modulus modulus, bool any_length)
    : machine_(machine),
      plans_(plans),
      memory_(memory),
      modulus_(modulus),
      half_(static_cast<Cell>(modulus.largest() / 2)),
      least_iterations_(any_length ? 1 : usual_least_iterations),
      tile_limit_(any_length ? 16 : most_iterations),
      span_limit_((any_length ? 4 : usual_tiles) * tile_limit_),
      part_limit_((any_length ? 12 : usual_tiles) * tile_limit_),
      parts_(any_length ? 3 : parallel_threads()),
      word_(modulus.largest() == std::numeric_limits<Cell>::max()),
      kernels_(kernels<Cell>()),
      large_memory_(memory.size_bytes() > cache_bytes) {}

template <typename Cell>
std::uint64_t Runner<Cell>::run(std::size_t block, Cell* registers, std::uint64_t most_steps,
                                Wanted wanted) {
  ++looks_;
  wanted_ = wanted;
  history_.resize(plans_.of_block.size());
  std::vector<History>& histories = history_[block];
  histories.resize(plans_.of_block[block].size());
  for (std::size_t p = 0; p < histories.size(); ++p) {
    const Plan& plan = plans_.of_block[block][p];
    History& history = histories[p];
    if (looks_ < history.next_look) {
      continue;
    }
    values_.resize(std::max(values_.size(), plan.nodes.size()));
    use_workspace(plan);
    for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
      if (plan.nodes[i].kind == Node::Kind::constant) {
        values_[i] = {static_cast<Cell>(flow::constant_value(plan.nodes[i].number, modulus_))};
      }
    }
    const std::uint64_t most = most_steps / plan.steps;
    std::uint64_t done = 0;
    // Short at first: the loop may end soon.
    std::size_t iterations = 2 * least_iterations_;
    bool ended = false;
    while (!ended && done < most) {
      const auto left = static_cast<std::size_t>(std::min<std::uint64_t>(most - done, iterations));
      done += iterations > span_limit_ ? parallel_span(plan, registers, left, ended)
                                       : span(plan, registers, left, ended);
      iterations = 8 * iterations <= span_limit_        ? 8 * iterations
                   : plan.may_be_parallel && parts_ > 1 ? parts_ * part_limit_
                                                        : span_limit_;
    }
    if (streamed_) {
      kernels_.fence();
      streamed_ = false;
    }
    if (done >= least_iterations_) {
      history = {};
    } else {
      // A loop that was not there is not looked for at every look.
      history.failures = std::min(history.failures + 1, 10U);
      history.next_look =
          least_iterations_ == 1 ? 0 : looks_ + (std::uint64_t{1} << history.failures);
    }
    if (done != 0) {
      return done * plan.steps;
    }
  }
  return 0;
}

template <typename Cell>
void Runner<Cell>::use_workspace(const Plan& plan) {
  buffers_ = workspace<Cell>(plan.nodes.size() * (front + most_iterations));
}

// Runs at most this many iterations; `ended` if the sequential engine should have a look.
template <typename Cell>
std::size_t Runner<Cell>::span(const Plan& plan, Cell* registers, std::size_t iterations,
                               bool& ended) {
  ended = true;
  if (!begin_span(plan, registers, iterations)) {
    return 0;
  }
  const std::size_t ran = run_tiles(plan, registers, iterations);
  ended = ran < iterations;
  return ran;
}

// Runs this many iterations, fewer only if the sequential engine should have a look.
template <typename Cell>
std::size_t Runner<Cell>::run_tiles(const Plan& plan, Cell* registers, std::size_t iterations) {
  std::size_t done = 0;
  while (done < iterations) {
    const std::size_t asked = std::min(iterations - done, tile_);
    const std::size_t ran = tile(plan, registers, asked);
    done += ran;
    if (ran < asked) {
      break;
    }
    next_tile(plan, ran);
  }
  return done;
}

// Runs at most this many iterations at once.
template <typename Cell>
std::size_t Runner<Cell>::tile(const Plan& plan, Cell* registers, std::size_t iterations) {
  if (!compute_elements(plan, registers, iterations, nullptr)) {
    return 0;
  }
  iterations = without_conflicts(plan, iterations);
  if (iterations == 0) {
    return 0;
  }
  advance(plan, registers, iterations);
  for (const Store& one : plan.stores) {
    if (plan.nodes[one.value].only_stored) {
      // Where it will be stored, if that is all the same.
      Cell* const first = memory_.data() + values_[one.address].base;
      const bool there = plan.nodes[one.address].evolution == Evolution::induction &&
                         natural(values_[one.address].stride) == 1 && deferred_ == nullptr &&
                         !streams_ && may_compute_to(plan, one.value, iterations, first);
      compute_to(plan, one.value, iterations, there ? first : own(one.value));
    }
  }
  if (deferred_ != nullptr) {
    for (std::size_t t = 0; t < iterations; ++t) {
      for (const Store& one : plan.stores) {
        deferred_->emplace_back(at(plan.nodes[one.address], values_[one.address], t),
                                at(plan.nodes[one.value], values_[one.value], t));
      }
    }
  } else if (in_order_) {
    store_in_order(plan, iterations);
  } else {
    for (const Store& one : plan.stores) {
      store(plan, one, iterations);
    }
  }
  return iterations;
}

template <typename Cell>
void Runner<Cell>::next_tile(const Plan& plan, std::size_t iterations) {
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    Value& value = values_[i];
    value.elements = nullptr;
    value.is_view = false;
    value.front_used = false;
    if (plan.nodes[i].evolution == Evolution::induction) {
      value.base =
          static_cast<Cell>(value.base + static_cast<Cell>(iterations) * natural(value.stride));
    }
  }
}

// The registers after the iterations; before the stores, for values may be cells of the memory.
template <typename Cell>
void Runner<Cell>::advance(const Plan& plan, Cell* registers, std::size_t iterations) {
  for (std::size_t r = 0; r < plan.after.size(); ++r) {
    const NodeIndex after = plan.after[r];
    if (!plan.nodes[after].folded) {
      registers[r] = at(plan.nodes[after], values_[after], iterations - 1);
    }
  }
  for (const NodeIndex reduction : plan.reductions) {
    const Node& node = plan.nodes[reduction];
    if (node.folded) {
      Cell& total = registers[node.number];
      total = combine(node.op, total, contribution(plan, reduction, iterations));
    }
  }
}

template class Runner<std::uint32_t>;
template class Runner<std::uint64_t>;

}  // namespace nram::loops
