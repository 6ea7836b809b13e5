#include "instruction_set/targets.hpp"

#include <algorithm>
#include <iterator>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "soft/matmul.cpp"
#include <hwy/foreach_target.h>
// For each instruction set:
#include "soft/float_lanes.hpp"
#include "soft/matmul.hpp"

HWY_BEFORE_NAMESPACE();
namespace nram::soft::HWY_NAMESPACE {
namespace {

// Every kernel keeps a tile of sums in vector registers: enough of them to hide the latency of the
// multiply-add.

template <unsigned Rows, typename T>
NRAM_INLINE void affine_tile(const T* weights, const T* bias, unsigned columns, const T* in, T* out,
                             bool add) {
  Lanes<T> sum[Rows];
#pragma GCC unroll 8
  for (unsigned r = 0; r < Rows; ++r) {
    sum[r] = add ? row(out, r) + bias[r] : broadcast(bias[r]);
  }
  for (unsigned c = 0; c < columns; ++c) {
    const Lanes<T> x = row(in, c);
#pragma GCC unroll 8
    for (unsigned r = 0; r < Rows; ++r) {
      sum[r] += x * weights[std::size_t{r} * columns + c];
    }
  }
#pragma GCC unroll 8
  for (unsigned r = 0; r < Rows; ++r) {
    row(out, r) = sum[r];
  }
}

template <unsigned Columns, typename T>
NRAM_INLINE void transposed_tile(const T* weights, unsigned rows, unsigned columns, const T* in,
                                 T* out) {
  Lanes<T> sum[Columns] = {};
  for (unsigned r = 0; r < rows; ++r) {
    const Lanes<T> x = row(in, r);
    const T* w = weights + std::size_t{r} * columns;
#pragma GCC unroll 8
    for (unsigned c = 0; c < Columns; ++c) {
      sum[c] += x * w[c];
    }
  }
#pragma GCC unroll 8
  for (unsigned c = 0; c < Columns; ++c) {
    row(out, c) = sum[c];
  }
}

// Here vectors run over columns: no sums across lanes are needed at the end. `ins` has been
// transposed to [step and lane][column], `width` scalars a line.
template <unsigned Rows, unsigned Blocks, typename T>
NRAM_INLINE void weight_tile(unsigned steps, const T* outs, std::size_t stride, const T* ins,
                             unsigned width, T* gradient, unsigned columns, unsigned used) {
  Lanes<T> sum[Rows][Blocks] = {};
  for (unsigned t = 0; t < steps; ++t) {
    const T* d = outs + t * stride;
    for (unsigned l = 0; l < float_lanes; ++l) {
      Lanes<T> x[Blocks];
#pragma GCC unroll 2
      for (unsigned b = 0; b < Blocks; ++b) {
        x[b] = row(ins, b);
      }
      ins += width;
#pragma GCC unroll 8
      for (unsigned r = 0; r < Rows; ++r) {
        const T w = d[r * float_lanes + l];
#pragma GCC unroll 2
        for (unsigned b = 0; b < Blocks; ++b) {
          sum[r][b] += x[b] * w;
        }
      }
    }
  }
  alignas(sizeof(Lanes<T>)) T line[Blocks * float_lanes];
  for (unsigned r = 0; r < Rows; ++r) {
    for (unsigned b = 0; b < Blocks; ++b) {
      row(line, b) = sum[r][b];
    }
    std::copy_n(line, used, gradient + std::size_t{r} * columns);
  }
}

// The same for a tile whose every component is a sum across lanes.
template <unsigned Rows, typename T>
NRAM_INLINE void outer_tile(unsigned columns, unsigned steps, const T* outs, std::size_t out_stride,
                            Steps<T> ins, T* gradient) {
  for (unsigned c = 0; c < columns; ++c) {
    Lanes<T> sum[Rows] = {};
    for (unsigned t = 0; t < steps; ++t) {
      const Lanes<T> x = row(ins.first + t * ins.stride, c);
#pragma GCC unroll 8
      for (unsigned r = 0; r < Rows; ++r) {
        sum[r] += x * row(outs + t * out_stride, r);
      }
    }
    for (unsigned r = 0; r < Rows; ++r) {
      gradient[std::size_t{r} * columns + c] = sum_of_lanes<T>(sum[r]);
    }
  }
}

// Calls f(first, size) for tiles that cover `count` rows, full ones first, then single rows; the
// size is a std::integral_constant.
template <typename F>
NRAM_INLINE void for_tiles(unsigned count, F f) {
  unsigned r = 0;
  for (; r + Tile::rows <= count; r += Tile::rows) {
    f(r, std::integral_constant<unsigned, Tile::rows>());
  }
  if constexpr (Tile::rows > 4) {
    for (; r + 4 <= count; r += 4) {
      f(r, std::integral_constant<unsigned, 4>());
    }
  }
  for (; r < count; ++r) {
    f(r, std::integral_constant<unsigned, 1>());
  }
}

template <unsigned Blocks, typename T>
void weight_rows(unsigned rows, unsigned steps, const T* outs, std::size_t stride, const T* ins,
                 unsigned width, T* gradient, unsigned columns, unsigned used) {
  for_tiles(rows, [&](unsigned r, auto size) {
    weight_tile<size(), Blocks>(steps, outs + r * float_lanes, stride, ins, width,
                                gradient + std::size_t{r} * columns, columns, used);
  });
}

unsigned padded(unsigned columns) {
  return (columns + float_lanes - 1) / float_lanes * float_lanes;
}

}  // namespace

template <typename T>
void affine(const T* weights, const T* bias, unsigned rows, unsigned columns, const T* in, T* out,
            bool add) {
  for_tiles(rows, [&](unsigned r, auto size) {
    affine_tile<size()>(weights + std::size_t{r} * columns, bias + r, columns, in,
                        out + r * float_lanes, add);
  });
}

template <typename T>
void transposed_product(const T* weights, unsigned rows, unsigned columns, const T* in, T* out) {
  for_tiles(columns, [&](unsigned c, auto size) {
    transposed_tile<size()>(weights + c, rows, columns, in, out + c * float_lanes);
  });
}

std::size_t weight_gradient_scratch(unsigned columns, unsigned steps) {
  return std::size_t{padded(columns)} * steps * float_lanes;
}

template <typename T>
void weight_gradient(unsigned rows, unsigned columns, unsigned steps, Steps<T> outs, Steps<T> ins,
                     T* scratch, T* gradient) {
  const unsigned width = padded(columns);
  for (unsigned t = 0; t < steps; ++t) {
    const T* in = ins.first + t * ins.stride;
    T* lines = scratch + std::size_t{t} * float_lanes * width;
    for (unsigned c = 0; c < columns; ++c) {
      for (unsigned l = 0; l < float_lanes; ++l) {
        lines[l * width + c] = in[c * float_lanes + l];
      }
    }
    for (unsigned l = 0; l < float_lanes; ++l) {
      std::fill(lines + l * width + columns, lines + (l + 1) * width, T(0));
    }
  }
  for (unsigned c = 0; c < columns;) {
    const unsigned left = columns - c;
    if (Tile::blocks > 1 && left > float_lanes) {
      const unsigned used = std::min(left, Tile::blocks * float_lanes);
      weight_rows<Tile::blocks>(rows, steps, outs.first, outs.stride, scratch + c, width,
                                gradient + c, columns, used);
      c += used;
    } else {
      const unsigned used = std::min(left, float_lanes);
      weight_rows<1>(rows, steps, outs.first, outs.stride, scratch + c, width, gradient + c,
                     columns, used);
      c += used;
    }
  }
}

template <typename T>
void outer_gradient(unsigned rows, unsigned columns, unsigned steps, Steps<T> outs, Steps<T> ins,
                    T* gradient) {
  for_tiles(rows, [&](unsigned r, auto size) {
    outer_tile<size()>(columns, steps, outs.first + r * float_lanes, outs.stride, ins,
                       gradient + std::size_t{r} * columns);
  });
}

template <typename T>
void bias_gradient(unsigned rows, unsigned steps, Steps<T> outs, T* gradient) {
  for (unsigned r = 0; r < rows; ++r) {
    Lanes<T> sum = {};
    for (unsigned t = 0; t < steps; ++t) {
      sum += row(outs.first + t * outs.stride, r);
    }
    gradient[r] = sum_of_lanes<T>(sum);
  }
}

template <typename T>
bool add_gradient(const T* part, std::size_t size, T* sum) {
  // These stay 0 unless something is infinite or NaN.
  T trouble[float_lanes] = {};
  const std::size_t whole = size / float_lanes * float_lanes;
  for (std::size_t i = 0; i < whole; i += float_lanes) {
    for (unsigned l = 0; l < float_lanes; ++l) {
      sum[i + l] += part[i + l];
      trouble[l] += part[i + l] * T(0);
    }
  }
  for (std::size_t i = whole; i < size; ++i) {
    sum[i] += part[i];
    trouble[0] += part[i] * T(0);
  }
  return std::all_of(std::begin(trouble), std::end(trouble), [](T x) { return x == T(0); });
}

#define NRAM_INSTANTIATE(T)                                                                   \
  template void affine<T>(const T*, const T*, unsigned, unsigned, const T*, T*, bool);        \
  template void transposed_product<T>(const T*, unsigned, unsigned, const T*, T*);            \
  template void weight_gradient<T>(unsigned, unsigned, unsigned, Steps<T>, Steps<T>, T*, T*); \
  template void outer_gradient<T>(unsigned, unsigned, unsigned, Steps<T>, Steps<T>, T*);      \
  template void bias_gradient<T>(unsigned, unsigned, Steps<T>, T*);                           \
  template bool add_gradient<T>(const T*, std::size_t, T*);
NRAM_INSTANTIATE(float)
NRAM_INSTANTIATE(double)
#undef NRAM_INSTANTIATE

}  // namespace nram::soft::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
