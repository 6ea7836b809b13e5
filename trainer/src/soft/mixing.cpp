#include "instruction_set/targets.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "soft/mixing.cpp"
#include <hwy/foreach_target.h>
// For each instruction set:
#include "soft/float_lanes.hpp"
#include "soft/mixing.hpp"

HWY_BEFORE_NAMESPACE();
namespace nram::soft::HWY_NAMESPACE {
namespace {

// A tile of Outer × Inner sums stays in vector registers. Long rows are cut into pieces of nearly
// equal size, so that no piece is too short to hide the latency of the multiply-add.

template <unsigned Outer, unsigned Length, typename T>
void combine_tile(const Family<T>& family, unsigned start, T* const* out) {
  Lanes<T> sum[Outer][Length] = {};
  const T* const* weights = family.weights;
  for (unsigned k = 0; k < family.inner; ++k) {
    const T* values = family.values[k] + std::size_t{start} * float_lanes;
    const std::size_t offset = family.offset[k];
    Lanes<T> w[Outer];
#pragma GCC unroll 4
    for (unsigned o = 0; o < Outer; ++o) {
      w[o] = row(weights[o] + offset, 0);
    }
#pragma GCC unroll 16
    for (unsigned i = 0; i < Length; ++i) {
      const Lanes<T> x = row(values, i);
#pragma GCC unroll 4
      for (unsigned o = 0; o < Outer; ++o) {
        sum[o][i] += w[o] * x;
      }
    }
  }
#pragma GCC unroll 4
  for (unsigned o = 0; o < Outer; ++o) {
#pragma GCC unroll 16
    for (unsigned i = 0; i < Length; ++i) {
      row(out[o], start + i) = sum[o][i];
    }
  }
}

template <unsigned Outer, unsigned Inner, typename T>
void gradient_tile(const Family<T>& family, unsigned first, unsigned length,
                   const T* const* out_gradient, T* const* gradient) {
  Lanes<T> sum[Outer][Inner] = {};
  const T* values[Inner];
#pragma GCC unroll 16
  for (unsigned k = 0; k < Inner; ++k) {
    values[k] = family.values[first + k];
  }
  for (unsigned i = 0; i < length; ++i) {
    Lanes<T> d[Outer];
#pragma GCC unroll 4
    for (unsigned o = 0; o < Outer; ++o) {
      d[o] = row(out_gradient[o], i);
    }
#pragma GCC unroll 16
    for (unsigned k = 0; k < Inner; ++k) {
      const Lanes<T> x = row(values[k], i);
#pragma GCC unroll 4
      for (unsigned o = 0; o < Outer; ++o) {
        sum[o][k] += d[o] * x;
      }
    }
  }
#pragma GCC unroll 16
  for (unsigned k = 0; k < Inner; ++k) {
    const std::size_t offset = family.offset[first + k];
#pragma GCC unroll 4
    for (unsigned o = 0; o < Outer; ++o) {
      row(gradient[o] + offset, 0) = sum[o][k];
    }
  }
}

template <typename T>
using CombineTile = void (*)(const Family<T>&, unsigned, T* const*);
template <typename T>
using GradientTile = void (*)(const Family<T>&, unsigned, unsigned, const T* const*, T* const*);

template <typename T, unsigned Outer, unsigned... Piece>
constexpr auto combine_row(std::integer_sequence<unsigned, Piece...>) {
  return std::array<CombineTile<T>, Tile::piece[1]>{&combine_tile<Outer, Piece + 1, T>...};
}
template <typename T, unsigned Outer, unsigned... Piece>
constexpr auto gradient_row(std::integer_sequence<unsigned, Piece...>) {
  return std::array<GradientTile<T>, Tile::piece[1]>{&gradient_tile<Outer, Piece + 1, T>...};
}
template <unsigned Outer>
using Pieces = std::make_integer_sequence<unsigned, Tile::piece[Outer]>;

// The tile for (outer, piece) is at [outer - 1][piece - 1].
template <typename T>
constexpr std::array<std::array<CombineTile<T>, Tile::piece[1]>, max_outer> combine_tiles = {
    combine_row<T, 1>(Pieces<1>()), combine_row<T, 2>(Pieces<2>()), combine_row<T, 3>(Pieces<3>()),
    combine_row<T, 4>(Pieces<4>())};
template <typename T>
constexpr std::array<std::array<GradientTile<T>, Tile::piece[1]>, max_outer> gradient_tiles = {
    gradient_row<T, 1>(Pieces<1>()), gradient_row<T, 2>(Pieces<2>()),
    gradient_row<T, 3>(Pieces<3>()), gradient_row<T, 4>(Pieces<4>())};

// Calls f(start, length) for nearly equal pieces of at most `limit`.
template <typename F>
void for_pieces(unsigned total, unsigned limit, F f) {
  for (unsigned start = 0; start < total;) {
    const unsigned left = total - start;
    const unsigned pieces = (left + limit - 1) / limit;
    const unsigned length = (left + pieces - 1) / pieces;
    f(start, length);
    start += length;
  }
}

}  // namespace

template <typename T>
void combine(const Family<T>& family, unsigned length, T* const* out) {
  const auto& tiles = combine_tiles<T>[family.outer - 1];
  for_pieces(length, Tile::piece[family.outer],
             [&](unsigned start, unsigned piece) { tiles[piece - 1](family, start, out); });
}

template <typename T>
void combine_gradient(const Family<T>& family, unsigned length, const T* const* out_gradient,
                      T* const* gradient) {
  const auto& tiles = gradient_tiles<T>[family.outer - 1];
  for_pieces(family.inner, Tile::piece[family.outer], [&](unsigned first, unsigned piece) {
    tiles[piece - 1](family, first, length, out_gradient, gradient);
  });
}

template <typename T>
void softmax(T* logits, unsigned size) {
  Lanes<T> largest = row(logits, 0);
  for (unsigned c = 1; c < size; ++c) {
    const Lanes<T> x = row(logits, c);
    largest = select(x > largest, x, largest);
  }
  Lanes<T> sum = {};
  for (unsigned c = 0; c < size; ++c) {
    const Lanes<T> e = exp<T>(row(logits, c) - largest);
    row(logits, c) = e;
    sum += e;
  }
  const Lanes<T> factor = T(1) / sum;
  for (unsigned c = 0; c < size; ++c) {
    row(logits, c) *= factor;
  }
}

template <typename T>
void softmax_gradient(T* probabilities, const T* gradient, unsigned size) {
  Lanes<T> mean = {};
  for (unsigned c = 0; c < size; ++c) {
    mean += row(probabilities, c) * row(gradient, c);
  }
  for (unsigned c = 0; c < size; ++c) {
    row(probabilities, c) *= row(gradient, c) - mean;
  }
}

template <typename T>
void add_indecision(const T* probabilities, unsigned size, T* entropy, T* gini) {
  Lanes<T> h = {};
  Lanes<T> squares = {};
  for (unsigned c = 0; c < size; ++c) {
    const Lanes<T> p = row(probabilities, c);
    h += p * log<T>(at_least<T>(p, std::numeric_limits<T>::min()));
    squares += p * p;
  }
  row(entropy, 0) -= h;
  row(gini, 0) += T(1) - squares;
}

template <typename T>
void add_indecision_gradient(const T* probabilities, unsigned size, const T* entropy_weight,
                             const T* gini_weight, T* gradient) {
  const Lanes<T> a = row(entropy_weight, 0);
  const Lanes<T> b = row(gini_weight, 0) * T(-2);
  for (unsigned c = 0; c < size; ++c) {
    const Lanes<T> p = row(probabilities, c);
    row(gradient, c) += a * log<T>(at_least<T>(p, std::numeric_limits<T>::min())) + b * p;
  }
}

template <typename T>
void renormalise(T* distribution, unsigned length, T* factor) {
  Lanes<T> sum = {};
  for (unsigned i = 0; i < length; ++i) {
    sum += row(distribution, i);
  }
  const Lanes<T> f = T(1) / sum;
  row(factor, 0) = f;
  for (unsigned i = 0; i < length; ++i) {
    row(distribution, i) *= f;
  }
}

template <typename T>
void renormalise_gradient(const T* distribution, unsigned length, const T* factor, T* gradient) {
  Lanes<T> mean = {};
  for (unsigned i = 0; i < length; ++i) {
    mean += row(distribution, i) * row(gradient, i);
  }
  for (unsigned i = 0; i < length; ++i) {
    row(gradient, i) = (row(gradient, i) - mean) * row(factor, 0);
  }
}

#define NRAM_INSTANTIATE(T)                                                                  \
  template void combine<T>(const Family<T>&, unsigned, T* const*);                           \
  template void combine_gradient<T>(const Family<T>&, unsigned, const T* const*, T* const*); \
  template void softmax<T>(T*, unsigned);                                                    \
  template void softmax_gradient<T>(T*, const T*, unsigned);                                 \
  template void add_indecision<T>(const T*, unsigned, T*, T*);                               \
  template void add_indecision_gradient<T>(const T*, unsigned, const T*, const T*, T*);      \
  template void renormalise<T>(T*, unsigned, T*);                                            \
  template void renormalise_gradient<T>(const T*, unsigned, const T*, T*);
NRAM_INSTANTIATE(float)
NRAM_INSTANTIATE(double)
#undef NRAM_INSTANTIATE

}  // namespace nram::soft::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
