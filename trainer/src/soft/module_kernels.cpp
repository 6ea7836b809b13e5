// The soft extension of every module, forward and backward. Long because one can compare them only
// side by side, and because each is to be found from the one table at the end.

#include "instruction_set/targets.hpp"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "soft/module_kernels.cpp"
#include <hwy/foreach_target.h>
// For each instruction set:
#include "soft/float_lanes.hpp"
#include "soft/module_kernels.hpp"

HWY_BEFORE_NAMESPACE();
namespace nram::soft::HWY_NAMESPACE {
namespace {

template <typename T>
using Call = const ModuleCall<T>&;
template <typename T>
using Gradient = const ModuleGradient<T>&;

// --- INC and DEC: rotations ------------------------------------------------------------------

// to[(i + by) mod M] = from[i], for 0 ≤ by ≤ M.
template <typename T>
void rotate(unsigned m, unsigned by, const T* from, T* to) {
  std::copy_n(from, std::size_t{m - by} * float_lanes, to + std::size_t{by} * float_lanes);
  std::copy_n(from + std::size_t{m - by} * float_lanes, std::size_t{by} * float_lanes, to);
}

template <typename T>
void inc_forward(Call<T> c) {
  rotate(c.modulus, 1, c.a, c.out);
}
template <typename T>
void inc_backward(Call<T> c, Gradient<T> g) {
  rotate(c.modulus, c.modulus - 1, g.out, g.a);
}
template <typename T>
void dec_forward(Call<T> c) {
  rotate(c.modulus, c.modulus - 1, c.a, c.out);
}
template <typename T>
void dec_backward(Call<T> c, Gradient<T> g) {
  rotate(c.modulus, 1, g.out, g.a);
}

// --- ADD and SUB: circular convolution and correlation ---------------------------------------

// Several sums at a time hide the latency of the multiply-add; `twice` is y written twice, one
// after the other, so that no index wraps.
//   Sign = +1, correlation: out[k] = Σ_i x[i] · y[(k + i) mod M]
//   Sign = -1, convolution: out[k] = Σ_i x[i] · y[(k - i) mod M]
template <int Sign, unsigned Width, typename T>
NRAM_INLINE void circular_tile(unsigned m, const T* x, const T* twice, unsigned k, T* out) {
  Lanes<T> sum[Width] = {};
  const T* y =
      Sign > 0 ? twice + std::size_t{k} * float_lanes : twice + std::size_t{m + k} * float_lanes;
  for (unsigned i = 0; i < m; ++i) {
    const Lanes<T> xi = row(x, i);
#pragma GCC unroll 8
    for (unsigned w = 0; w < Width; ++w) {
      sum[w] += xi * row(y, w);
    }
    y += Sign * static_cast<int>(float_lanes);
  }
#pragma GCC unroll 8
  for (unsigned w = 0; w < Width; ++w) {
    row(out, k + w) = sum[w];
  }
}

template <int Sign, typename T>
void circular(unsigned m, const T* x, const T* twice, T* out) {
  unsigned k = 0;
  for (; k + Tile::rows <= m; k += Tile::rows) {
    circular_tile<Sign, Tile::rows>(m, x, twice, k, out);
  }
  for (; k + 2 <= m; k += 2) {
    circular_tile<Sign, 2>(m, x, twice, k, out);
  }
  for (; k < m; ++k) {
    circular_tile<Sign, 1>(m, x, twice, k, out);
  }
}

template <typename T>
const T* write_twice(unsigned m, const T* y, T* scratch) {
  const std::size_t n = std::size_t{m} * float_lanes;
  std::copy_n(y, n, scratch);
  std::copy_n(y, n, scratch + n);
  return scratch;
}

template <typename T>
void add_forward(Call<T> c) {
  circular<-1>(c.modulus, c.a, write_twice(c.modulus, c.b, c.scratch), c.out);
}
template <typename T>
void add_backward(Call<T> c, Gradient<T> g) {
  const T* d = write_twice(c.modulus, g.out, c.scratch);
  circular<+1>(c.modulus, c.b, d, g.a);
  circular<+1>(c.modulus, c.a, d, g.b);
}
template <typename T>
void sub_forward(Call<T> c) {
  circular<+1>(c.modulus, c.b, write_twice(c.modulus, c.a, c.scratch), c.out);
}
template <typename T>
void sub_backward(Call<T> c, Gradient<T> g) {
  circular<-1>(c.modulus, c.b, write_twice(c.modulus, g.out, c.scratch), g.a);
  circular<+1>(c.modulus, g.out, write_twice(c.modulus, c.a, c.scratch), g.b);
}

// --- LT, LE, EQ: sums over one argument, running along the other -------------------------------

// less = P(a < b), not_less = P(a ≥ b). Both are sums of products, never differences, so that
// neither can become negative.
template <typename T>
NRAM_INLINE void order_forward(unsigned m, const T* a, const T* b, T* less, T* not_less) {
  Lanes<T> a_below = {};  // P(a < i)
  Lanes<T> b_up_to = {};  // P(b ≤ i)
  Lanes<T> lt = {};
  Lanes<T> ge = {};
  for (unsigned i = 0; i < m; ++i) {
    b_up_to += row(b, i);
    lt += row(b, i) * a_below;
    ge += row(a, i) * b_up_to;
    a_below += row(a, i);
  }
  row(less, 0) = lt;
  row(not_less, 0) = ge;
}

template <typename T>
NRAM_INLINE void order_backward(unsigned m, const T* a, const T* b, const T* less_gradient,
                                const T* not_less_gradient, T* da, T* db) {
  const Lanes<T> lt = row(less_gradient, 0);
  const Lanes<T> ge = row(not_less_gradient, 0);
  Lanes<T> a_below = {};
  Lanes<T> b_up_to = {};
  for (unsigned i = 0; i < m; ++i) {
    b_up_to += row(b, i);
    row(da, i) = ge * b_up_to;
    row(db, i) = lt * a_below;
    a_below += row(a, i);
  }
  Lanes<T> a_from = {};   // P(a ≥ i)
  Lanes<T> b_above = {};  // P(b > i)
  for (unsigned i = m; i-- > 0;) {
    a_from += row(a, i);
    row(da, i) += lt * b_above;
    row(db, i) += ge * a_from;
    b_above += row(b, i);
  }
}

template <typename T>
void lt_forward(Call<T> c) {
  order_forward(c.modulus, c.a, c.b, c.out + float_lanes, c.out);
}
template <typename T>
void lt_backward(Call<T> c, Gradient<T> g) {
  order_backward(c.modulus, c.a, c.b, g.out + float_lanes, g.out, g.a, g.b);
}
// a ≤ b is the opposite of b < a.
template <typename T>
void le_forward(Call<T> c) {
  order_forward(c.modulus, c.b, c.a, c.out, c.out + float_lanes);
}
template <typename T>
void le_backward(Call<T> c, Gradient<T> g) {
  order_backward(c.modulus, c.b, c.a, g.out, g.out + float_lanes, g.b, g.a);
}

template <typename T>
void eq_forward(Call<T> c) {
  Lanes<T> a_below = {};
  Lanes<T> b_below = {};
  Lanes<T> equal = {};
  Lanes<T> different = {};
  for (unsigned i = 0; i < c.modulus; ++i) {
    const Lanes<T> a = row(c.a, i);
    const Lanes<T> b = row(c.b, i);
    equal += a * b;
    different += a * b_below + b * a_below;
    a_below += a;
    b_below += b;
  }
  row(c.out, 0) = different;
  row(c.out, 1) = equal;
}
template <typename T>
void eq_backward(Call<T> c, Gradient<T> g) {
  Lanes<T> a_all = {};
  Lanes<T> b_all = {};
  for (unsigned i = 0; i < c.modulus; ++i) {
    a_all += row(c.a, i);
    b_all += row(c.b, i);
  }
  const Lanes<T> different = row(g.out, 0);
  const Lanes<T> gain = row(g.out, 1) - different;
  for (unsigned i = 0; i < c.modulus; ++i) {
    row(g.a, i) = different * b_all + gain * row(c.b, i);
    row(g.b, i) = different * a_all + gain * row(c.a, i);
  }
}

// --- MIN and MAX -----------------------------------------------------------------------------

// The extreme value is k if a = k and b is k or beyond, or b = k and a is beyond; "beyond" is
// upwards for MIN and downwards for MAX: index(n) runs from the far end inwards.
template <bool Min>
NRAM_INLINE unsigned inwards(unsigned m, unsigned n) {
  return Min ? m - 1 - n : n;
}

template <bool Min, typename T>
void extreme_forward(Call<T> c) {
  Lanes<T> a_beyond = {};
  Lanes<T> b_from = {};
  for (unsigned n = 0; n < c.modulus; ++n) {
    const unsigned k = inwards<Min>(c.modulus, n);
    b_from += row(c.b, k);
    row(c.out, k) = row(c.a, k) * b_from + row(c.b, k) * a_beyond;
    a_beyond += row(c.a, k);
  }
}

template <bool Min, typename T>
void extreme_backward(Call<T> c, Gradient<T> g) {
  Lanes<T> a_beyond = {};
  Lanes<T> b_from = {};
  for (unsigned n = 0; n < c.modulus; ++n) {
    const unsigned k = inwards<Min>(c.modulus, n);
    b_from += row(c.b, k);
    row(g.a, k) = row(g.out, k) * b_from;
    row(g.b, k) = row(g.out, k) * a_beyond;
    a_beyond += row(c.a, k);
  }
  Lanes<T> through_a = {};  // Σ d·a and Σ d·b over the values passed so far
  Lanes<T> through_b = {};
  for (unsigned n = c.modulus; n-- > 0;) {
    const unsigned k = inwards<Min>(c.modulus, n);
    const Lanes<T> d = row(g.out, k);
    row(g.a, k) += through_b;
    through_a += d * row(c.a, k);
    through_b += d * row(c.b, k);
    row(g.b, k) += through_a;
  }
}

// --- READ and WRITE --------------------------------------------------------------------------

template <unsigned Width, typename T>
NRAM_INLINE void read_tile(Call<T> c, unsigned k) {
  Lanes<T> sum[Width] = {};
  const T* cell = c.memory + std::size_t{k} * float_lanes;
  for (unsigned j = 0; j < c.modulus; ++j) {
    const Lanes<T> p = row(c.a, j);
#pragma GCC unroll 8
    for (unsigned w = 0; w < Width; ++w) {
      sum[w] += p * row(cell, w);
    }
    cell += std::size_t{c.modulus} * float_lanes;
  }
#pragma GCC unroll 8
  for (unsigned w = 0; w < Width; ++w) {
    row(c.out, k + w) = sum[w];
  }
}

template <typename T>
void read_forward(Call<T> c) {
  unsigned k = 0;
  for (; k + Tile::rows <= c.modulus; k += Tile::rows) {
    read_tile<Tile::rows>(c, k);
  }
  for (; k + 2 <= c.modulus; k += 2) {
    read_tile<2>(c, k);
  }
  for (; k < c.modulus; ++k) {
    read_tile<1>(c, k);
  }
}

template <unsigned Cells, typename T>
NRAM_INLINE void read_backward_tile(Call<T> c, Gradient<T> g, unsigned j) {
  const unsigned m = c.modulus;
  Lanes<T> p[Cells];
  Lanes<T> dp[Cells] = {};
#pragma GCC unroll 4
  for (unsigned n = 0; n < Cells; ++n) {
    p[n] = row(c.a, j + n);
  }
  const T* cell = c.memory + std::size_t{j} * m * float_lanes;
  T* gradient = g.memory + std::size_t{j} * m * float_lanes;
  for (unsigned k = 0; k < m; ++k) {
    const Lanes<T> d = row(g.out, k);
#pragma GCC unroll 4
    for (unsigned n = 0; n < Cells; ++n) {
      dp[n] += d * row(cell, std::size_t{n} * m + k);
      row(gradient, std::size_t{n} * m + k) += p[n] * d;
    }
  }
#pragma GCC unroll 4
  for (unsigned n = 0; n < Cells; ++n) {
    row(g.a, j + n) = dp[n];
  }
}

template <typename T>
void read_backward(Call<T> c, Gradient<T> g) {
  unsigned j = 0;
  for (; j + Tile::cells <= c.modulus; j += Tile::cells) {
    read_backward_tile<Tile::cells>(c, g, j);
  }
  for (; j < c.modulus; ++j) {
    read_backward_tile<1>(c, g, j);
  }
}

template <typename T>
void write_forward(Call<T> c) {
  const unsigned m = c.modulus;
  for (unsigned j = 0; j < m; ++j) {
    const Lanes<T> p = row(c.a, j);
    const Lanes<T> keep = T(1) - p;
    for (unsigned k = 0; k < m; ++k) {
      const std::size_t at = std::size_t{j} * m + k;
      row(c.new_memory, at) = keep * row(c.memory, at) + p * row(c.b, k);
    }
  }
}

template <unsigned Cells, typename T>
NRAM_INLINE void write_backward_tile(Call<T> c, Gradient<T> g, unsigned j) {
  const unsigned m = c.modulus;
  Lanes<T> p[Cells];
  Lanes<T> dp[Cells] = {};
#pragma GCC unroll 4
  for (unsigned n = 0; n < Cells; ++n) {
    p[n] = row(c.a, j + n);
  }
  const T* cell = c.memory + std::size_t{j} * m * float_lanes;
  T* gradient = g.memory + std::size_t{j} * m * float_lanes;
  for (unsigned k = 0; k < m; ++k) {
    const Lanes<T> value = row(c.b, k);
    Lanes<T> to_value = j == 0 ? Lanes<T>{} : row(g.b, k);
#pragma GCC unroll 4
    for (unsigned n = 0; n < Cells; ++n) {
      const std::size_t at = std::size_t{n} * m + k;
      const Lanes<T> d = row(gradient, at);
      const Lanes<T> through = p[n] * d;
      dp[n] += d * (value - row(cell, at));
      to_value += through;
      row(gradient, at) = d - through;
    }
    row(g.b, k) = to_value;
  }
#pragma GCC unroll 4
  for (unsigned n = 0; n < Cells; ++n) {
    row(g.a, j + n) = dp[n];
  }
}

template <typename T>
void write_backward(Call<T> c, Gradient<T> g) {
  unsigned j = 0;
  for (; j + Tile::cells <= c.modulus; j += Tile::cells) {
    write_backward_tile<Tile::cells>(c, g, j);
  }
  for (; j < c.modulus; ++j) {
    write_backward_tile<1>(c, g, j);
  }
}

// --- The table -------------------------------------------------------------------------------

template <typename T>
constexpr SoftKernel<T> kernels[] = {
    {Opcode::read, Support::full, read_forward<T>, read_backward<T>},
    {Opcode::inc, Support::full, inc_forward<T>, inc_backward<T>},
    {Opcode::dec, Support::full, dec_forward<T>, dec_backward<T>},
    {Opcode::add, Support::full, add_forward<T>, add_backward<T>},
    {Opcode::sub, Support::full, sub_forward<T>, sub_backward<T>},
    {Opcode::lt, Support::binary, lt_forward<T>, lt_backward<T>},
    {Opcode::le, Support::binary, le_forward<T>, le_backward<T>},
    {Opcode::eq, Support::binary, eq_forward<T>, eq_backward<T>},
    {Opcode::min, Support::full, extreme_forward<true, T>, extreme_backward<true, T>},
    {Opcode::max, Support::full, extreme_forward<false, T>, extreme_backward<false, T>},
    {Opcode::write, Support::constant, write_forward<T>, write_backward<T>},
};

template <typename T>
constexpr SoftKernel<T> generic = {Opcode::custom, Support::full, generic_forward<T>,
                                   generic_backward<T>};

}  // namespace

template <typename T>
const SoftKernel<T>& soft_kernel(Opcode opcode) {
  const auto* const row = std::find_if(std::begin(kernels<T>), std::end(kernels<T>),
                                       [&](const auto& kernel) { return kernel.opcode == opcode; });
  return row == std::end(kernels<T>) ? generic<T> : *row;
}

template const SoftKernel<float>& soft_kernel<float>(Opcode);
template const SoftKernel<double>& soft_kernel<double>(Opcode);

}  // namespace nram::soft::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
