#include "runner.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>

#include <nram/engine/parallel.hpp>

namespace nram::bulk {
namespace {

// Fewer turns at a time than this are left to the sequential engine.
constexpr std::size_t usual_least_turns = 16;

// Memories larger than this do not stay in any cache.
constexpr std::size_t cache_bytes = std::size_t{48} << 20U;

VectorOp vector_op(Op op) {
  return static_cast<VectorOp>(static_cast<unsigned>(op) - static_cast<unsigned>(Op::add));
}
static_assert(static_cast<unsigned>(Op::max) - static_cast<unsigned>(Op::add) ==
              static_cast<unsigned>(VectorOp::max));

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
      least_turns_(any_length ? 1 : usual_least_turns),
      tile_limit_(any_length ? 16 : most_turns),
      span_limit_((any_length ? 4 : 64) * tile_limit_),
      part_limit_((any_length ? 12 : 256) * tile_limit_),
      parts_(any_length ? 3 : parallel_threads()),
      word_(modulus.largest() == std::numeric_limits<Cell>::max()),
      kernels_(kernels<Cell>()),
      large_memory_(memory.size_bytes() > cache_bytes) {}

template <typename Cell>
std::uint64_t Runner<Cell>::run(std::size_t block, Cell* registers, std::uint64_t most_steps) {
  ++looks_;
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
    std::size_t turns = 2 * least_turns_;
    bool ended = false;
    while (!ended && done < most) {
      const auto left = static_cast<std::size_t>(std::min<std::uint64_t>(most - done, turns));
      done += turns > span_limit_ ? parallel_span(plan, registers, left, ended)
                                  : span(plan, registers, left, ended);
      turns = 8 * turns <= span_limit_             ? 8 * turns
              : plan.may_be_parallel && parts_ > 1 ? parts_ * part_limit_
                                                   : span_limit_;
    }
    if (streamed_) {
      kernels_.fence();
      streamed_ = false;
    }
    if (done >= least_turns_) {
      history = {};
    } else {
      // A loop that was not there is not looked for at every look.
      history.failures = std::min(history.failures + 1, 10U);
      history.next_look = least_turns_ == 1 ? 0 : looks_ + (std::uint64_t{1} << history.failures);
    }
    if (done != 0) {
      return done * plan.steps;
    }
  }
  return 0;
}

template <typename Cell>
void Runner<Cell>::use_workspace(const Plan& plan) {
  buffers_ = workspace<Cell>(plan.nodes.size() * (front + most_turns));
}

// Runs at most this many turns; `ended` if the sequential engine should have a look.
template <typename Cell>
std::size_t Runner<Cell>::span(const Plan& plan, Cell* registers, std::size_t turns, bool& ended) {
  ended = true;
  if (!begin_span(plan, registers, turns)) {
    return 0;
  }
  const std::size_t ran = run_tiles(plan, registers, turns);
  ended = ran < turns;
  return ran;
}

// Settles what can be settled for many turns, perhaps fewer than asked for; false if for none.
template <typename Cell>
bool Runner<Cell>::begin_span(const Plan& plan, const Cell* registers, std::size_t& turns) {
  return set_bases(plan, registers) && set_strides(plan, turns) && settle_conflicts(plan, turns);
}

// Runs this many turns, fewer only if the sequential engine should have a look.
template <typename Cell>
std::size_t Runner<Cell>::run_tiles(const Plan& plan, Cell* registers, std::size_t turns) {
  std::size_t done = 0;
  while (done < turns) {
    const std::size_t asked = std::min(turns - done, tile_);
    const std::size_t ran = tile(plan, registers, asked);
    done += ran;
    if (ran < asked) {
      break;
    }
    next_tile(plan, ran);
  }
  return done;
}

// Runs at most this many turns at once.
template <typename Cell>
std::size_t Runner<Cell>::tile(const Plan& plan, Cell* registers, std::size_t turns) {
  if (!compute_lanes(plan, registers, turns, false)) {
    return 0;
  }
  turns = without_conflicts(plan, turns);
  if (turns == 0) {
    return 0;
  }
  advance(plan, registers, turns);
  for (const Store& one : plan.stores) {
    if (plan.nodes[one.value].only_stored) {
      // Where it will be stored, if that is all the same.
      Cell* const first = memory_.data() + values_[one.address].base;
      const bool there = plan.nodes[one.address].shape == Shape::linear &&
                         natural(values_[one.address].stride) == 1 && deferred_ == nullptr &&
                         !streams_ && may_compute_to(plan, one.value, turns, first);
      compute_to(plan, one.value, turns, there ? first : own(one.value));
    }
  }
  if (deferred_ != nullptr) {
    for (std::size_t t = 0; t < turns; ++t) {
      for (const Store& one : plan.stores) {
        deferred_->emplace_back(at(plan.nodes[one.address], values_[one.address], t),
                                at(plan.nodes[one.value], values_[one.value], t));
      }
    }
  } else if (turn_by_turn_) {
    store_turn_by_turn(plan, turns);
  } else {
    for (const Store& one : plan.stores) {
      store(plan, one, turns);
    }
  }
  return turns;
}

template <typename Cell>
void Runner<Cell>::next_tile(const Plan& plan, std::size_t turns) {
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    Value& value = values_[i];
    value.lanes = nullptr;
    value.is_view = false;
    value.front_used = false;
    if (plan.nodes[i].shape == Shape::linear) {
      value.base = static_cast<Cell>(value.base + static_cast<Cell>(turns) * natural(value.stride));
    }
  }
}

// What uniform and linear nodes are in the first turn; false if the turn cannot begin.
template <typename Cell>
bool Runner<Cell>::set_bases(const Plan& plan, const Cell* registers) {
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    const Node& node = plan.nodes[i];
    Value& value = values_[i];
    value = {value.base};  // a constant's stays
    if (node.shape == Shape::varying) {
      continue;
    }
    if (node.kind == Node::Kind::constant) {
      // set when the loop began
    } else if (node.kind == Node::Kind::input) {
      value.base = registers[node.number];
    } else if (node.op == Op::load) {
      const Cell address = values_[node.a].base;
      if (address >= memory_.size()) {
        return false;
      }
      value.base = memory_[address];
    } else {
      value.base = scalar(node, values_[node.a].base, values_[node.b].base);
    }
    if (node.shape == Shape::uniform && ((node.test == Node::Test::zero && value.base != 0) ||
                                         (node.test == Node::Test::nonzero && value.base == 0))) {
      return false;
    }
    if (node.is_address && value.base >= memory_.size()) {
      return false;
    }
  }
  return true;
}

// Strides of linear nodes, and how many turns they allow; false if none.
template <typename Cell>
bool Runner<Cell>::set_strides(const Plan& plan, std::size_t& turns) {
  const auto allow = [&](Cell most) {
    turns = most < turns ? static_cast<std::size_t>(most) : turns;
  };
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    const Node& node = plan.nodes[i];
    Value& value = values_[i];
    if (node.shape == Shape::varying) {
      continue;
    }
    if (node.kind == Node::Kind::input && node.a != no_node) {
      // A fresh register: it has its usual value only after a first turn.
      value.stride = values_[node.a].stride;
      if (value.base != sub(values_[node.a].base, value.stride)) {
        return false;
      }
    }
    if (node.shape == Shape::uniform) {
      continue;
    }
    if (node.kind == Node::Kind::input) {
      if (node.a == no_node) {
        value.stride =
            sub(values_[plan.after[static_cast<std::size_t>(node.number)]].base, value.base);
      }
    } else if (node.op == Op::add) {
      value.stride = add(values_[node.a].stride, values_[node.b].stride);
    } else {
      value.stride = sub(values_[node.a].stride, values_[node.b].stride);
    }

    const Cell base = value.base;
    const bool falling = falls(value.stride);
    const Cell pace = falling ? static_cast<Cell>(0 - natural(value.stride)) : value.stride;
    if (pace == 0) {
      if ((node.test == Node::Test::zero && base != 0) ||
          (node.test == Node::Test::nonzero && base == 0)) {
        return false;
      }
      continue;
    }
    // No wrap-around. (A number of turns that does not fit a cell is limit enough if it is cut; one
    // turn is always possible.)
    const auto steps_within = [pace](Cell room) {
      return pace == 1 ? room : static_cast<Cell>(room / pace);
    };
    const Cell last =
        falling ? steps_within(base) : steps_within(static_cast<Cell>(modulus_.largest() - base));
    allow(last == std::numeric_limits<Cell>::max() ? last : static_cast<Cell>(last + 1));
    if (node.is_address && !falling) {
      const auto room = static_cast<Cell>(memory_.size() - 1 - base);
      const Cell last_address = steps_within(room);
      allow(static_cast<Cell>(last_address == std::numeric_limits<Cell>::max() ? last_address
                                                                               : last_address + 1));
    }
    if (node.test == Node::Test::zero) {
      if (base != 0) {
        return false;
      }
      allow(1);
    } else if (node.test == Node::Test::nonzero) {
      if (base == 0) {
        return false;
      }
      if (falling && base % pace == 0) {
        allow(static_cast<Cell>(base / pace));
      }
    }
  }
  return true;
}

// Values of varying nodes; cuts `turns` before the first that leaves the loop or cannot be. False
// if none is left.
template <typename Cell>
bool Runner<Cell>::compute_lanes(const Plan& plan, const Cell* registers, std::size_t& turns,
                                 bool only_early) {
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    const Node& node = plan.nodes[i];
    if (node.shape != Shape::varying || node.only_stored || (only_early && !node.early)) {
      continue;
    }
    compute(plan, i, registers, turns);
    const Cell* const of = values_[i].lanes;
    if (node.test == Node::Test::zero) {
      turns = kernels_.first_nonzero(of, turns);
    } else if (node.test == Node::Test::nonzero) {
      turns = kernels_.first_zero(of, turns);
    }
    if (turns == 0) {
      return false;
    }
    if (node.is_address) {
      Value& value = values_[i];
      kernels_.range(of, turns, &value.least, &value.largest);
      if (value.largest >= memory_.size()) {
        turns = kernels_.first_not_below(of, turns, memory_.size());
        if (turns == 0) {
          return false;
        }
        kernels_.range(of, turns, &value.least, &value.largest);
      }
    }
  }
  return true;
}

template <typename Cell>
void Runner<Cell>::compute(const Plan& plan, std::size_t index, const Cell* registers,
                           std::size_t turns) {
  const Node& node = plan.nodes[index];
  if (node.kind == Node::Kind::shifted) {
    shift(plan, index, registers[node.number], turns);
    return;
  }
  if (node.kind == Node::Kind::scan) {
    scan(plan, index, registers[node.number], turns);
    return;
  }
  compute_to(plan, index, turns, own(index));
}

template <typename Cell>
void Runner<Cell>::compute_to(const Plan& plan, std::size_t index, std::size_t turns, Cell* to) {
  const Node& node = plan.nodes[index];
  if (node.op == Op::load) {
    load(plan, index, turns, to);
    return;
  }
  values_[index].lanes = to;
  const auto is_same = [&](NodeIndex operand) {
    return plan.nodes[operand].shape != Shape::varying && values_[operand].stride == 0;
  };
  if (node.op == Op::custom) {
    for (std::size_t t = 0; t < turns; ++t) {
      to[t] = scalar(node, at(plan.nodes[node.a], values_[node.a], t),
                     at(plan.nodes[node.b], values_[node.b], t));
    }
    return;
  }
  const bool same_a = is_same(node.a);
  const bool same_b = is_same(node.b);
  if (same_a && same_b) {  // linear by shape, but it does not move
    std::fill_n(to, turns, scalar(node, values_[node.a].base, values_[node.b].base));
    return;
  }
  const OperandForm form = same_a   ? OperandForm::only_b_varies
                           : same_b ? OperandForm::only_a_varies
                                    : OperandForm::both_vary;
  const auto& table = word_ ? kernels_.word : kernels_.modular;
  table[static_cast<std::size_t>(vector_op(node.op))][static_cast<std::size_t>(form)](
      to, same_a ? &values_[node.a].base : lanes(plan, node.a, turns),
      same_b ? &values_[node.b].base : lanes(plan, node.b, turns), turns,
      static_cast<Cell>(modulus_.value()));
}

// Whether a node's vector may replace the cells from `to` on while it is being computed: each of
// its operands ends before them, begins behind them or is just them.
template <typename Cell>
bool Runner<Cell>::may_compute_to(const Plan& plan, std::size_t index, std::size_t turns,
                                  const Cell* to) {
  const Node& node = plan.nodes[index];
  const auto apart = [&](const Cell* from) {
    return reinterpret_cast<std::uintptr_t>(from + turns) <= reinterpret_cast<std::uintptr_t>(to) ||
           reinterpret_cast<std::uintptr_t>(to + turns) <= reinterpret_cast<std::uintptr_t>(from);
  };
  if (node.op == Op::load) {
    if (plan.nodes[node.a].shape == Shape::varying) {
      return apart(values_[node.a].lanes);  // what it gathers is apart from all that is stored
    }
    const Cell* const first = memory_.data() + values_[node.a].base;
    return natural(values_[node.a].stride) == static_cast<Cell>(-1) && apart(first - (turns - 1));
  }
  const auto fits = [&](NodeIndex operand) {
    const Cell* const lanes = values_[operand].lanes;
    return plan.nodes[operand].shape != Shape::varying || lanes == to || apart(lanes);
  };
  return node.op != Op::custom && fits(node.a) && fits(node.b);
}

template <typename Cell>
void Runner<Cell>::load(const Plan& plan, std::size_t index, std::size_t turns, Cell* to) {
  const NodeIndex address = plan.nodes[index].a;
  Value& value = values_[index];
  value.lanes = to;
  if (plan.nodes[address].shape == Shape::varying) {
    (large_memory_ ? kernels_.gather_far : kernels_.gather)(to, memory_.data(),
                                                            values_[address].lanes, turns);
    return;
  }
  const Cell* const first = memory_.data() + values_[address].base;
  const Cell stride = natural(values_[address].stride);
  if (stride == 1 &&
      plan.stores.size() <= 1) {  // with more, one could change what the other writes
    value.lanes = first;
    value.is_view = true;
  } else if (stride == 1) {
    std::memcpy(to, first, turns * sizeof(Cell));
  } else if (stride == static_cast<Cell>(-1)) {
    kernels_.reverse(to, first, turns);
  } else {
    for (std::size_t t = 0; t < turns; ++t) {
      to[t] = memory_[static_cast<Cell>(values_[address].base + static_cast<Cell>(t) * stride)];
    }
  }
}

// A fresh register: what node a was a turn before.
template <typename Cell>
void Runner<Cell>::shift(const Plan& plan, std::size_t index, Cell current, std::size_t turns) {
  const NodeIndex from = plan.nodes[index].a;
  Value& source = values_[from];
  Value& value = values_[index];
  if (source.is_view && !foreign_front_ && source.lanes != memory_.data() &&
      source.lanes[-1] == current) {
    value.lanes = source.lanes - 1;
    value.is_view = true;
  } else if (source.lanes == own(from) && !source.front_used) {
    own(from)[-1] = current;
    source.front_used = true;
    value.lanes = source.lanes - 1;
  } else {
    Cell* const to = own(index);
    to[0] = current;
    std::memcpy(to + 1, source.lanes, (turns - 1) * sizeof(Cell));
    value.lanes = to;
  }
}

template <typename Cell>
void Runner<Cell>::scan(const Plan& plan, std::size_t index, Cell current, std::size_t turns) {
  const Node& node = plan.nodes[index];
  const Cell* const x = lanes(plan, node.a, turns);
  Cell* const to = own(index);
  values_[index].lanes = to;
  const auto accumulate = [&](auto op) {
    Cell sum = current;
    for (std::size_t t = 0; t < turns; ++t) {
      to[t] = sum;
      sum = op(sum, x[t]);
    }
  };
  if (node.op == Op::min) {
    accumulate([](Cell a, Cell b) { return std::min(a, b); });
  } else if (node.op == Op::max) {
    accumulate([](Cell a, Cell b) { return std::max(a, b); });
  } else if (word_) {
    accumulate([](Cell a, Cell b) { return static_cast<Cell>(a + b); });
  } else {
    accumulate([this](Cell a, Cell b) { return add(a, b); });
  }
}

// Whatever its shape, a node's values as a vector.
template <typename Cell>
const Cell* Runner<Cell>::lanes(const Plan& plan, NodeIndex index, std::size_t turns) {
  Value& value = values_[index];
  if (plan.nodes[index].shape != Shape::varying && value.lanes == nullptr) {
    kernels_.iota(own(index), value.base, natural(value.stride), turns);
    value.lanes = own(index);
  }
  return value.lanes;
}

template <typename Cell>
Cell Runner<Cell>::at(const Node& node, const Value& value, std::size_t turn) const {
  return node.shape == Shape::varying
             ? value.lanes[turn]
             : static_cast<Cell>(value.base + static_cast<Cell>(turn) * natural(value.stride));
}

template <typename Cell>
Cell Runner<Cell>::scalar(const Node& node, Cell a, Cell b) const {
  switch (node.op) {
    case Op::add:
      return add(a, b);
    case Op::sub:
      return sub(a, b);
    case Op::lt:
      return a < b ? 1 : 0;
    case Op::le:
      return a <= b ? 1 : 0;
    case Op::eq:
      return a == b ? 1 : 0;
    case Op::min:
      return std::min(a, b);
    case Op::max:
      return std::max(a, b);
    case Op::custom:
      return static_cast<Cell>(machine_.modules()[node.module].evaluate(a, b, modulus_));
    case Op::check:
    case Op::load:
    case Op::store:
      break;
  }
  return 0;
}

template <typename Cell>
typename Runner<Cell>::Addresses Runner<Cell>::addresses(const Plan& plan, NodeIndex index) const {
  Addresses result;
  const Value& value = values_[index];
  if (plan.nodes[index].shape == Shape::varying) {
    result.linear = false;  // of at least the turns that are left
    result.least = static_cast<std::int64_t>(value.least);
    result.largest = static_cast<std::int64_t>(value.largest);
    return result;
  }
  result.first = static_cast<std::int64_t>(value.base);
  result.stride = static_cast<std::make_signed_t<Cell>>(natural(value.stride));
  return result;
}

// Sets the range of linear addresses.
template <typename Cell>
void Runner<Cell>::spread(Addresses& of, std::size_t turns) {
  if (of.linear) {
    const std::int64_t last = of.first + static_cast<std::int64_t>(turns - 1) * of.stride;
    of.least = std::min(of.first, last);
    of.largest = std::max(of.first, last);
  }
}

template <typename Cell>
bool Runner<Cell>::disjoint(Addresses a, Addresses b, std::size_t turns) {
  spread(a, turns);
  spread(b, turns);
  return a.largest < b.least || b.largest < a.least;
}

// A tile does all its loads before all its stores, and one store after the other. Finds out for how
// many turns at a time this is right, of a span that may become shorter for it: no load reads what
// an earlier turn of its tile stores, or what its own turn stores before it; no cell's last writer
// changes. What addresses tell only when they are computed remains `unsettled_`. False if no turn
// can be run.
template <typename Cell>
bool Runner<Cell>::settle_conflicts(const Plan& plan, std::size_t& span) {
  tile_ = tile_limit_;
  turn_by_turn_ = false;
  unsettled_.clear();
  bool fetches = false;  // whether loads bring what is stored to into the cache
  for (std::size_t s = 0; s < plan.accesses.size(); ++s) {
    if (!plan.accesses[s].is_store) {
      continue;
    }
    const std::size_t which = plan.accesses[s].node;
    const Addresses store = addresses(plan, plan.stores[which].address);
    for (std::size_t l = 0; l < plan.accesses.size(); ++l) {
      if (plan.accesses[l].is_store) {
        continue;
      }
      const NodeIndex address = plan.nodes[plan.accesses[l].node].a;
      const Addresses load = addresses(plan, address);
      if (!load.linear || !store.linear) {
        unsettled_.emplace_back(address, which);
      } else if (load.stride == store.stride && load.stride != 0) {
        const std::int64_t ahead = load.first - store.first;
        if (ahead % load.stride != 0) {
          continue;
        }
        // The load of turn t reads the cell that the store of turn t + distance writes.
        const std::int64_t distance = ahead / load.stride;
        fetches = fetches || std::abs(distance) < static_cast<std::int64_t>(2 * most_turns);
        if (distance < 0) {
          tile_ = std::min(tile_, static_cast<std::size_t>(-distance));
        } else if (distance == 0 && l > s) {
          return false;
        }
      } else {
        while (!disjoint(load, store, span)) {
          if (span >= 2 * least_turns_) {
            span /= 2;
          } else if (span == 1 && l < s) {
            break;  // one turn loads before it stores
          } else if (span > 1 && least_turns_ == 1) {
            span = 1;
          } else {
            return false;
          }
        }
      }
    }
    for (std::size_t other = which + 1; other < plan.stores.size(); ++other) {
      const Addresses later = addresses(plan, plan.stores[other].address);
      const bool both_linear = store.linear && later.linear;
      if (both_linear && store.stride == later.stride && store.stride != 0) {
        const std::int64_t ahead = later.first - store.first;
        turn_by_turn_ = turn_by_turn_ || (ahead % store.stride == 0 && ahead / store.stride > 0 &&
                                          ahead / store.stride < static_cast<std::int64_t>(tile_));
      } else {
        turn_by_turn_ = turn_by_turn_ || !both_linear || !disjoint(store, later, span);
      }
    }
  }
  streams_ = large_memory_ && !fetches && plan.stores.size() == 1;
  return tile_ >= least_turns_;
}

// Conflicts of a tile's computed addresses: all of its turns, or none.
template <typename Cell>
std::size_t Runner<Cell>::without_conflicts(const Plan& plan, std::size_t turns) const {
  const bool is_free = std::all_of(unsettled_.begin(), unsettled_.end(), [&](const auto& pair) {
    return disjoint(addresses(plan, pair.first), addresses(plan, plan.stores[pair.second].address),
                    turns);
  });
  return is_free ? turns : 0;
}

// The registers after the turns; before the stores, for values may be cells of the memory.
template <typename Cell>
void Runner<Cell>::advance(const Plan& plan, Cell* registers, std::size_t turns) {
  for (std::size_t r = 0; r < plan.after.size(); ++r) {
    const NodeIndex after = plan.after[r];
    registers[r] = at(plan.nodes[after], values_[after], turns - 1);
  }
}

template <typename Cell>
void Runner<Cell>::store(const Plan& plan, const Store& store, std::size_t turns) {
  Value& value = values_[store.value];
  const Node& value_node = plan.nodes[store.value];
  const bool varies = value_node.shape == Shape::varying || value.stride != 0;
  if (plan.nodes[store.address].shape == Shape::varying) {
    const Cell* const address = values_[store.address].lanes;
    const Cell* const from = varies ? lanes(plan, store.value, turns) : nullptr;
    for (std::size_t t = 0; t < turns; ++t) {
      memory_[address[t]] = varies ? from[t] : value.base;
    }
    return;
  }
  Cell* const first = memory_.data() + values_[store.address].base;
  const auto stride = static_cast<std::int64_t>(
      static_cast<std::make_signed_t<Cell>>(natural(values_[store.address].stride)));
  if (stride == 0) {
    *first = at(value_node, value, turns - 1);
    return;
  }
  if (stride == 1) {
    if (!varies) {
      std::fill_n(first, turns, value.base);
    } else if (value_node.shape != Shape::varying && value.lanes == nullptr) {
      kernels_.iota(first, value.base, natural(value.stride), turns);
    } else if (value.lanes == first) {
      // computed there
    } else if (streams_) {
      kernels_.stream(first, value.lanes, turns);
      streamed_ = true;
    } else {
      std::memmove(first, value.lanes, turns * sizeof(Cell));
    }
    return;
  }
  const Cell* from = varies ? lanes(plan, store.value, turns) : nullptr;
  if (varies && value.is_view) {
    // The cells written may be among those read: read them all first.
    std::memcpy(own(store.value), from, turns * sizeof(Cell));
    from = own(store.value);
  }
  if (varies && stride == -1) {
    kernels_.reverse(first - (turns - 1), from + (turns - 1), turns);
    return;
  }
  std::int64_t place = 0;
  for (std::size_t t = 0; t < turns; ++t, place += stride) {
    first[place] = varies ? from[t] : value.base;
  }
}

template <typename Cell>
void Runner<Cell>::store_turn_by_turn(const Plan& plan, std::size_t turns) {
  for (std::size_t t = 0; t < turns; ++t) {
    for (const Store& one : plan.stores) {
      memory_[at(plan.nodes[one.address], values_[one.address], t)] =
          at(plan.nodes[one.value], values_[one.value], t);
    }
  }
}

template class Runner<std::uint32_t>;
template class Runner<std::uint64_t>;

}  // namespace nram::bulk
