// What a tile stores.

#include "runner.hpp"

#include <algorithm>
#include <cstring>

namespace nram::loops {

template <typename Cell>
void Runner<Cell>::store(const Plan& plan, const Store& store, std::size_t iterations) {
  Value& value = values_[store.value];
  const Node& value_node = plan.nodes[store.value];
  const bool varies = value_node.evolution == Evolution::varying || value.stride != 0;
  if (plan.nodes[store.address].evolution == Evolution::varying) {
    const Cell* const address = values_[store.address].elements;
    const Cell* from = varies ? elements(plan, store.value, iterations) : nullptr;
    if (varies && value.is_view && value_node.kind == Node::Kind::recomputed) {
      // It begins before the cells that are loaded, where these stores may go; see shift().
      std::memcpy(own(store.value), from, iterations * sizeof(Cell));
      from = own(store.value);
    }
    for (std::size_t t = 0; t < iterations; ++t) {
      memory_[address[t]] = varies ? from[t] : value.base;
    }
    return;
  }
  Cell* const first = memory_.data() + values_[store.address].base;
  const auto stride = static_cast<std::int64_t>(
      static_cast<std::make_signed_t<Cell>>(natural(values_[store.address].stride)));
  if (stride == 0) {
    const Cell last = at(value_node, value, iterations - 1);
    if (last_stores_ != nullptr) {
      last_stores_->emplace_back(values_[store.address].base, last);
    } else {
      *first = last;
    }
    return;
  }
  if (stride == 1) {
    if (!varies) {
      std::fill_n(first, iterations, value.base);
    } else if (value_node.evolution != Evolution::varying && value.elements == nullptr) {
      kernels_.iota(first, value.base, natural(value.stride), iterations);
    } else if (value.elements == first) {
      // computed there
    } else if (streams_) {
      kernels_.stream(first, value.elements, iterations);
      streamed_ = true;
    } else {
      std::memmove(first, value.elements, iterations * sizeof(Cell));
    }
    return;
  }
  const Cell* from = varies ? elements(plan, store.value, iterations) : nullptr;
  if (varies && value.is_view) {
    // The cells written may be among those read: read them all first.
    std::memcpy(own(store.value), from, iterations * sizeof(Cell));
    from = own(store.value);
  }
  if (varies && stride == -1) {
    kernels_.reverse(first - (iterations - 1), from + (iterations - 1), iterations);
    return;
  }
  std::int64_t place = 0;
  for (std::size_t t = 0; t < iterations; ++t, place += stride) {
    first[place] = varies ? from[t] : value.base;
  }
}

template <typename Cell>
void Runner<Cell>::store_in_order(const Plan& plan, std::size_t iterations) {
  for (std::size_t t = 0; t < iterations; ++t) {
    for (const Store& one : plan.stores) {
      memory_[at(plan.nodes[one.address], values_[one.address], t)] =
          at(plan.nodes[one.value], values_[one.value], t);
    }
  }
}

template void Runner<std::uint32_t>::store(const Plan&, const Store&, std::size_t);
template void Runner<std::uint64_t>::store(const Plan&, const Store&, std::size_t);
template void Runner<std::uint32_t>::store_in_order(const Plan&, std::size_t);
template void Runner<std::uint64_t>::store_in_order(const Plan&, std::size_t);

}  // namespace nram::loops
