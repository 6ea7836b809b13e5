// The elements of a tile's vectors, one for each iteration: computed operation by operation.

#include "runner.hpp"

#include <algorithm>
#include <cstring>

namespace nram::loops {
namespace {

VectorOp vector_op(Op op) {
  return static_cast<VectorOp>(static_cast<unsigned>(op) - static_cast<unsigned>(Op::add));
}
static_assert(static_cast<unsigned>(Op::signed_max) - static_cast<unsigned>(Op::add) ==
              static_cast<unsigned>(VectorOp::signed_max));

}  // namespace

// Values of varying nodes, or of those `wanted`; cuts `iterations` before the first that leaves the
// loop or cannot be. False if none is left.
template <typename Cell>
bool Runner<Cell>::compute_elements(const Plan& plan, const Cell* registers,
                                    std::size_t& iterations, const std::vector<bool>* wanted) {
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    const Node& node = plan.nodes[i];
    if (node.evolution != Evolution::varying || node.only_stored || node.folded ||
        (wanted != nullptr && !(*wanted)[i])) {
      continue;
    }
    compute(plan, i, registers, iterations);
    const Cell* const of = values_[i].elements;
    if (node.guard == Guard::zero) {
      iterations = kernels_.first_nonzero(of, iterations);
    } else if (node.guard == Guard::nonzero) {
      iterations = kernels_.first_zero(of, iterations);
    }
    if (iterations == 0) {
      return false;
    }
    if (node.is_address) {
      Value& value = values_[i];
      kernels_.range(of, iterations, &value.least, &value.largest);
      if (value.largest >= memory_.size()) {
        iterations = kernels_.first_not_below(of, iterations, memory_.size());
        if (iterations == 0) {
          return false;
        }
        kernels_.range(of, iterations, &value.least, &value.largest);
      }
    }
  }
  return true;
}

template <typename Cell>
void Runner<Cell>::compute(const Plan& plan, std::size_t index, const Cell* registers,
                           std::size_t iterations) {
  const Node& node = plan.nodes[index];
  if (node.kind == Node::Kind::recomputed) {
    shift(plan, index, registers[node.number], iterations);
    return;
  }
  if (node.kind == Node::Kind::reduction) {
    prefix_scan(plan, index, registers[node.number], iterations);
    return;
  }
  compute_to(plan, index, iterations, own(index));
}

template <typename Cell>
void Runner<Cell>::compute_to(const Plan& plan, std::size_t index, std::size_t iterations,
                              Cell* to) {
  const Node& node = plan.nodes[index];
  if (node.op == Op::load) {
    load(plan, index, iterations, to);
    return;
  }
  values_[index].elements = to;
  const auto is_same = [&](NodeIndex operand) {
    return plan.nodes[operand].evolution != Evolution::varying && values_[operand].stride == 0;
  };
  if (node.op == Op::custom) {
    for (std::size_t t = 0; t < iterations; ++t) {
      to[t] = scalar(node, at(plan.nodes[node.a], values_[node.a], t),
                     at(plan.nodes[node.b], values_[node.b], t));
    }
    return;
  }
  const bool same_a = is_same(node.a);
  const bool same_b = is_same(node.b);
  if (same_a && same_b) {  // an induction variable that does not move
    std::fill_n(to, iterations, scalar(node, values_[node.a].base, values_[node.b].base));
    return;
  }
  const OperandForm form = same_a   ? OperandForm::only_b_varies
                           : same_b ? OperandForm::only_a_varies
                                    : OperandForm::both_vary;
  const auto& table = word_ ? kernels_.word : kernels_.modular;
  table[static_cast<std::size_t>(vector_op(node.op))][static_cast<std::size_t>(form)](
      to, same_a ? &values_[node.a].base : elements(plan, node.a, iterations),
      same_b ? &values_[node.b].base : elements(plan, node.b, iterations), iterations,
      static_cast<Cell>(modulus_.value()));
}

// Whether a node's vector may replace the cells from `to` on while it is being computed: each of
// its operands ends before them, begins behind them or is just them.
template <typename Cell>
bool Runner<Cell>::may_compute_to(const Plan& plan, std::size_t index, std::size_t iterations,
                                  const Cell* to) {
  const Node& node = plan.nodes[index];
  const auto apart = [&](const Cell* from) {
    return reinterpret_cast<std::uintptr_t>(from + iterations) <=
               reinterpret_cast<std::uintptr_t>(to) ||
           reinterpret_cast<std::uintptr_t>(to + iterations) <=
               reinterpret_cast<std::uintptr_t>(from);
  };
  if (node.op == Op::load) {
    if (plan.nodes[node.a].evolution == Evolution::varying) {
      return apart(values_[node.a].elements);  // what it gathers is apart from all that is stored
    }
    const Cell* const first = memory_.data() + values_[node.a].base;
    return natural(values_[node.a].stride) == static_cast<Cell>(-1) &&
           apart(first - (iterations - 1));
  }
  const auto fits = [&](NodeIndex operand) {
    const Cell* const elements = values_[operand].elements;
    return plan.nodes[operand].evolution != Evolution::varying || elements == to || apart(elements);
  };
  return node.op != Op::custom && fits(node.a) && fits(node.b);
}

template <typename Cell>
void Runner<Cell>::load(const Plan& plan, std::size_t index, std::size_t iterations, Cell* to) {
  const NodeIndex address = plan.nodes[index].a;
  Value& value = values_[index];
  value.elements = to;
  if (plan.nodes[address].evolution == Evolution::varying) {
    (large_memory_ ? kernels_.gather_far : kernels_.gather)(to, memory_.data(),
                                                            values_[address].elements, iterations);
    return;
  }
  const Cell* const first = memory_.data() + values_[address].base;
  const Cell stride = natural(values_[address].stride);
  if (stride == 1 &&
      plan.stores.size() <= 1) {  // with more, one could change what the other writes
    value.elements = first;
    value.is_view = true;
  } else if (stride == 1) {
    std::memcpy(to, first, iterations * sizeof(Cell));
  } else if (stride == static_cast<Cell>(-1)) {
    kernels_.reverse(to, first, iterations);
  } else {
    for (std::size_t t = 0; t < iterations; ++t) {
      to[t] = memory_[static_cast<Cell>(values_[address].base + static_cast<Cell>(t) * stride)];
    }
  }
}

// A recomputed register: what node a was an iteration before.
template <typename Cell>
void Runner<Cell>::shift(const Plan& plan, std::size_t index, Cell current,
                         std::size_t iterations) {
  const NodeIndex from = plan.nodes[index].a;
  Value& source = values_[from];
  Value& value = values_[index];
  if (source.is_view && !foreign_front_ && source.elements != memory_.data() &&
      source.elements[-1] == current) {
    value.elements = source.elements - 1;
    value.is_view = true;
  } else if (source.elements == own(from) && !source.front_used) {
    own(from)[-1] = current;
    source.front_used = true;
    value.elements = source.elements - 1;
  } else {
    Cell* const to = own(index);
    to[0] = current;
    std::memcpy(to + 1, source.elements, (iterations - 1) * sizeof(Cell));
    value.elements = to;
  }
}

// A node's values as a vector, however they evolve.
template <typename Cell>
const Cell* Runner<Cell>::elements(const Plan& plan, NodeIndex index, std::size_t iterations) {
  Value& value = values_[index];
  if (plan.nodes[index].evolution != Evolution::varying && value.elements == nullptr) {
    kernels_.iota(own(index), value.base, natural(value.stride), iterations);
    value.elements = own(index);
  }
  return value.elements;
}

template <typename Cell>
Cell Runner<Cell>::at(const Node& node, const Value& value, std::size_t iteration) const {
  return node.evolution == Evolution::varying
             ? value.elements[iteration]
             : static_cast<Cell>(value.base + static_cast<Cell>(iteration) * natural(value.stride));
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
    case Op::signed_lt:
      return is_below(a, b) ? 1 : 0;
    case Op::signed_le:
      return is_below(b, a) ? 0 : 1;
    case Op::signed_min:
      return is_below(b, a) ? b : a;
    case Op::signed_max:
      return is_below(a, b) ? b : a;
    case Op::custom:
      return static_cast<Cell>(machine_.modules()[node.module].evaluate(a, b, modulus_));
    case Op::check:
    case Op::load:
    case Op::store:
      break;
  }
  return 0;
}

template bool Runner<std::uint32_t>::compute_elements(const Plan&, const std::uint32_t*,
                                                      std::size_t&, const std::vector<bool>*);
template bool Runner<std::uint64_t>::compute_elements(const Plan&, const std::uint64_t*,
                                                      std::size_t&, const std::vector<bool>*);
template void Runner<std::uint32_t>::compute_to(const Plan&, std::size_t, std::size_t,
                                                std::uint32_t*);
template void Runner<std::uint64_t>::compute_to(const Plan&, std::size_t, std::size_t,
                                                std::uint64_t*);
template bool Runner<std::uint32_t>::may_compute_to(const Plan&, std::size_t, std::size_t,
                                                    const std::uint32_t*);
template bool Runner<std::uint64_t>::may_compute_to(const Plan&, std::size_t, std::size_t,
                                                    const std::uint64_t*);
template const std::uint32_t* Runner<std::uint32_t>::elements(const Plan&, NodeIndex, std::size_t);
template const std::uint64_t* Runner<std::uint64_t>::elements(const Plan&, NodeIndex, std::size_t);
template std::uint32_t Runner<std::uint32_t>::at(const Node&, const Value&, std::size_t) const;
template std::uint64_t Runner<std::uint64_t>::at(const Node&, const Value&, std::size_t) const;
template std::uint32_t Runner<std::uint32_t>::scalar(const Node&, std::uint32_t,
                                                     std::uint32_t) const;
template std::uint64_t Runner<std::uint64_t>::scalar(const Node&, std::uint64_t,
                                                     std::uint64_t) const;

}  // namespace nram::loops
