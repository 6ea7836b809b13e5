// What a tile stores.

#include "runner.hpp"

#include <algorithm>
#include <cstring>

namespace nram::bulk {

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
    const Cell last = at(value_node, value, turns - 1);
    if (kept_ != nullptr) {
      kept_->emplace_back(values_[store.address].base, last);
    } else {
      *first = last;
    }
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

template void Runner<std::uint32_t>::store(const Plan&, const Store&, std::size_t);
template void Runner<std::uint64_t>::store(const Plan&, const Store&, std::size_t);
template void Runner<std::uint32_t>::store_turn_by_turn(const Plan&, std::size_t);
template void Runner<std::uint64_t>::store_turn_by_turn(const Plan&, std::size_t);

}  // namespace nram::bulk
