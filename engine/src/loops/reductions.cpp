// Reductions: registers that sum up, or keep the smallest or largest of, what the iterations give
// them.

#include "runner.hpp"

#include <algorithm>

namespace nram::loops {

template <typename Cell>
Cell Runner<Cell>::combine(Op op, Cell a, Cell b) const {
  switch (op) {
    case Op::min:
      return std::min(a, b);
    case Op::max:
      return std::max(a, b);
    case Op::signed_min:
      return is_below(b, a) ? b : a;
    case Op::signed_max:
      return is_below(a, b) ? b : a;
    default:
      return add(a, b);
  }
}

// What changes nothing.
template <typename Cell>
Cell Runner<Cell>::neutral(Op op) const {
  switch (op) {
    case Op::min:
      return static_cast<Cell>(modulus_.largest());
    case Op::signed_min:
      return static_cast<Cell>(modulus_.largest() / 2);
    case Op::signed_max:  // the number behind the largest
      return static_cast<Cell>(modulus_.reduce(modulus_.largest() / 2 + 1));
    default:
      return 0;
  }
}

template <typename Cell>
Reduction<Cell> Runner<Cell>::reduction_kernel(Op op) const {
  switch (op) {
    case Op::min:
      return kernels_.least;
    case Op::max:
      return kernels_.largest;
    case Op::signed_min:
      return word_ ? kernels_.signed_least : kernels_.signed_least_modular;
    case Op::signed_max:
      return word_ ? kernels_.signed_largest : kernels_.signed_largest_modular;
    default:
      return word_ ? kernels_.sum : kernels_.sum_modular;
  }
}

// What some first iterations of a tile contribute.
template <typename Cell>
Cell Runner<Cell>::contribution(const Plan& plan, NodeIndex reduction, std::size_t iterations) {
  const Node& node = plan.nodes[reduction];
  if (iterations == 0) {
    return neutral(node.op);
  }
  return reduction_kernel(node.op)(elements(plan, node.a, iterations), iterations,
                                   static_cast<Cell>(modulus_.value()));
}

// The values before every iteration of a tile.
template <typename Cell>
void Runner<Cell>::prefix_scan(const Plan& plan, std::size_t index, Cell current,
                               std::size_t iterations) {
  const Node& node = plan.nodes[index];
  const Cell* const x = elements(plan, node.a, iterations);
  Cell* const to = own(index);
  values_[index].elements = to;
  const auto accumulate = [&](auto op) {
    Cell sum = current;
    for (std::size_t t = 0; t < iterations; ++t) {
      to[t] = sum;
      sum = op(sum, x[t]);
    }
  };
  if (node.op == Op::min) {
    accumulate([](Cell a, Cell b) { return std::min(a, b); });
  } else if (node.op == Op::max) {
    accumulate([](Cell a, Cell b) { return std::max(a, b); });
  } else if (flow::is_extreme(node.op)) {
    accumulate([&](Cell a, Cell b) { return combine(node.op, a, b); });
  } else if (word_) {
    accumulate([](Cell a, Cell b) { return static_cast<Cell>(a + b); });
  } else {
    accumulate([this](Cell a, Cell b) { return add(a, b); });
  }
}

template std::uint32_t Runner<std::uint32_t>::combine(Op, std::uint32_t, std::uint32_t) const;
template std::uint64_t Runner<std::uint64_t>::combine(Op, std::uint64_t, std::uint64_t) const;
template std::uint32_t Runner<std::uint32_t>::neutral(Op) const;
template std::uint64_t Runner<std::uint64_t>::neutral(Op) const;
template std::uint32_t Runner<std::uint32_t>::contribution(const Plan&, NodeIndex, std::size_t);
template std::uint64_t Runner<std::uint64_t>::contribution(const Plan&, NodeIndex, std::size_t);
template void Runner<std::uint32_t>::prefix_scan(const Plan&, std::size_t, std::uint32_t,
                                                 std::size_t);
template void Runner<std::uint64_t>::prefix_scan(const Plan&, std::size_t, std::uint64_t,
                                                 std::size_t);

}  // namespace nram::loops
