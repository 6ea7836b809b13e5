// The bounds check and the dependence check of a span of many iterations, as far as invariants and
// induction variables say: how it begins, for how many iterations no value wraps round and all
// addresses exist, and how many iterations may be done at a time.

#include "runner.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

namespace nram::loops {

// Checks what can be checked for many iterations, perhaps fewer than asked for; false if for none.
template <typename Cell>
bool Runner<Cell>::begin_span(const Plan& plan, const Cell* registers, std::size_t& iterations) {
  return set_bases(plan, registers) && set_strides(plan, iterations) &&
         check_dependences(plan, iterations);
}

// What invariants and induction variables are in the first iteration; false if it cannot begin.
template <typename Cell>
bool Runner<Cell>::set_bases(const Plan& plan, const Cell* registers) {
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    const Node& node = plan.nodes[i];
    Value& value = values_[i];
    value = {value.base};  // a constant's stays
    if (node.evolution == Evolution::varying) {
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
    if (node.evolution == Evolution::invariant &&
        ((node.guard == Guard::zero && value.base != 0) ||
         (node.guard == Guard::nonzero && value.base == 0))) {
      return false;
    }
    if (node.is_address && value.base >= memory_.size()) {
      return false;
    }
  }
  return true;
}

// Strides of induction variables, and how many iterations they allow; false if none.
template <typename Cell>
bool Runner<Cell>::set_strides(const Plan& plan, std::size_t& iterations) {
  const auto allow = [&](Cell most) {
    iterations = most < iterations ? static_cast<std::size_t>(most) : iterations;
  };
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    const Node& node = plan.nodes[i];
    Value& value = values_[i];
    if (node.evolution == Evolution::varying) {
      continue;
    }
    if (node.kind == Node::Kind::input && node.a != no_node) {
      // A recomputed register: it has its usual value only after a first iteration.
      value.stride = values_[node.a].stride;
      if (value.base != sub(values_[node.a].base, value.stride)) {
        return false;
      }
    }
    if (node.evolution == Evolution::invariant) {
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
      if ((node.guard == Guard::zero && base != 0) || (node.guard == Guard::nonzero && base == 0)) {
        return false;
      }
      continue;
    }
    // No wrap-around. (A number of iterations that does not fit a cell is limit enough if it is
    // cut; one iteration is always possible.)
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
    if (node.guard == Guard::zero) {
      if (base != 0) {
        return false;
      }
      allow(1);
    } else if (node.guard == Guard::nonzero) {
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
template <typename Cell>
typename Runner<Cell>::Addresses Runner<Cell>::addresses(const Plan& plan, NodeIndex index) const {
  Addresses result;
  const Value& value = values_[index];
  if (plan.nodes[index].evolution == Evolution::varying) {
    result.strided = false;  // of at least the iterations that are left
    result.least = static_cast<std::int64_t>(value.least);
    result.largest = static_cast<std::int64_t>(value.largest);
    return result;
  }
  result.first = static_cast<std::int64_t>(value.base);
  result.stride = static_cast<std::make_signed_t<Cell>>(natural(value.stride));
  return result;
}

// Sets the range of strided addresses.
template <typename Cell>
void Runner<Cell>::spread(Addresses& of, std::size_t iterations) {
  if (of.strided) {
    const std::int64_t last = of.first + static_cast<std::int64_t>(iterations - 1) * of.stride;
    of.least = std::min(of.first, last);
    of.largest = std::max(of.first, last);
  }
}

template <typename Cell>
bool Runner<Cell>::disjoint(Addresses a, Addresses b, std::size_t iterations) {
  spread(a, iterations);
  spread(b, iterations);
  return a.largest < b.least || b.largest < a.least;
}

// A tile does all its loads before all its stores, and one store after the other. Finds out for how
// many iterations at a time this is right, of a span that may become shorter for it: no load reads
// what an earlier iteration of its tile stores, or what its own iteration stores before it; no
// cell's last writer changes. What addresses tell only when they are computed remains `unchecked_`.
// False if no iteration can be run.
template <typename Cell>
bool Runner<Cell>::check_dependences(const Plan& plan, std::size_t& span) {
  tile_ = tile_limit_;
  in_order_ = false;
  unchecked_.clear();
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
      if (!load.strided || !store.strided) {
        unchecked_.emplace_back(address, which);
      } else if (load.stride == store.stride && load.stride != 0) {
        const std::int64_t ahead = load.first - store.first;
        if (ahead % load.stride != 0) {
          continue;
        }
        // The load of iteration t reads the cell that the store of iteration t + distance writes.
        const std::int64_t distance = ahead / load.stride;
        fetches = fetches || std::abs(distance) < static_cast<std::int64_t>(2 * most_iterations);
        if (distance < 0) {
          tile_ = std::min(tile_, static_cast<std::size_t>(-distance));
        } else if (distance == 0 && l > s) {
          return false;
        }
      } else {
        while (!disjoint(load, store, span)) {
          if (span >= 2 * least_iterations_) {
            span /= 2;
          } else if (span == 1 && l < s) {
            break;  // one iteration loads before it stores
          } else if (span > 1 && least_iterations_ == 1) {
            span = 1;
          } else {
            return false;
          }
        }
      }
    }
    for (std::size_t other = which + 1; other < plan.stores.size(); ++other) {
      const Addresses later = addresses(plan, plan.stores[other].address);
      const bool both_strided = store.strided && later.strided;
      if (both_strided && store.stride == later.stride && store.stride != 0) {
        const std::int64_t ahead = later.first - store.first;
        in_order_ = in_order_ || (ahead % store.stride == 0 && ahead / store.stride > 0 &&
                                  ahead / store.stride < static_cast<std::int64_t>(tile_));
      } else {
        in_order_ = in_order_ || !both_strided || !disjoint(store, later, span);
      }
    }
  }
  streams_ = large_memory_ && !fetches && plan.stores.size() == 1 &&
             plan.nodes[plan.stores.front().address].evolution == Evolution::induction &&
             natural(values_[plan.stores.front().address].stride) == 1;
  return tile_ >= least_iterations_ && (streams_ || wanted_ == Wanted::any);
}

// Conflicts of a tile's computed addresses: all of its iterations, or none.
template <typename Cell>
std::size_t Runner<Cell>::without_conflicts(const Plan& plan, std::size_t iterations) const {
  const bool is_free = std::all_of(unchecked_.begin(), unchecked_.end(), [&](const auto& pair) {
    return disjoint(addresses(plan, pair.first), addresses(plan, plan.stores[pair.second].address),
                    iterations);
  });
  return is_free ? iterations : 0;
}

template bool Runner<std::uint32_t>::begin_span(const Plan&, const std::uint32_t*, std::size_t&);
template bool Runner<std::uint64_t>::begin_span(const Plan&, const std::uint64_t*, std::size_t&);
template std::size_t Runner<std::uint32_t>::without_conflicts(const Plan&, std::size_t) const;
template std::size_t Runner<std::uint64_t>::without_conflicts(const Plan&, std::size_t) const;
template auto Runner<std::uint32_t>::addresses(const Plan&, NodeIndex) const -> Addresses;
template auto Runner<std::uint64_t>::addresses(const Plan&, NodeIndex) const -> Addresses;
template bool Runner<std::uint32_t>::disjoint(Addresses, Addresses, std::size_t);
template bool Runner<std::uint64_t>::disjoint(Addresses, Addresses, std::size_t);

}  // namespace nram::loops
