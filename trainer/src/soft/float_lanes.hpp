// 16 lanes of a scalar as one vector value, and the elementary functions on it.
//
// Only for the soft machine's own sources, which are compiled for each instruction set: headers
// that others include pass lanes as pointers to scalars.

// Once for each instruction set.
#if defined(NRAM_SOFT_FLOAT_LANES_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef NRAM_SOFT_FLOAT_LANES_HPP
#undef NRAM_SOFT_FLOAT_LANES_HPP
#else
#define NRAM_SOFT_FLOAT_LANES_HPP
#endif

#include <cstddef>
#include <cstdint>

#include <hwy/highway.h>

#include <nram/trainer/lane_batch.hpp>

#ifndef NRAM_INLINE
#define NRAM_INLINE inline __attribute__((always_inline))
#endif

HWY_BEFORE_NAMESPACE();
namespace nram::soft::HWY_NAMESPACE {

inline constexpr unsigned float_lanes = LaneGroup::lanes;

// The widest vector that the instruction set has, and tiles of sums that fit its registers (32 with
// AVX-512, otherwise 16) beside their operands.
struct Tile {
#if HWY_TARGET <= HWY_AVX3
  static constexpr unsigned vector_bytes = 64;
  static constexpr unsigned rows = 8;                     // sums at once
  static constexpr unsigned blocks = 2;                   // of 16 columns each, beside `rows` rows
  static constexpr unsigned cells = 4;                    // cells of memory at once, backwards
  static constexpr unsigned piece[] = {0, 10, 10, 6, 5};  // by number of outer rows, see mixing.cpp
#elif HWY_TARGET <= HWY_AVX2
  static constexpr unsigned vector_bytes = 32;
  static constexpr unsigned rows = 6;
  static constexpr unsigned blocks = 1;
  static constexpr unsigned cells = 2;
  static constexpr unsigned piece[] = {0, 6, 3, 2, 1};
#else
  static constexpr unsigned vector_bytes = 16;
  static constexpr unsigned rows = 3;
  static constexpr unsigned blocks = 1;
  static constexpr unsigned cells = 1;
  static constexpr unsigned piece[] = {0, 3, 1, 1, 1};
#endif
};

/// A vector of the computer's own size, and the integers that a comparison of two gives.
template <typename T>
struct Vector;

template <>
struct Vector<float> {
  typedef float Value __attribute__((vector_size(Tile::vector_bytes), may_alias));
  typedef std::int32_t Int __attribute__((vector_size(Tile::vector_bytes)));
  typedef std::uint32_t Bits __attribute__((vector_size(Tile::vector_bytes)));
};

template <>
struct Vector<double> {
  typedef double Value __attribute__((vector_size(Tile::vector_bytes), may_alias));
  typedef std::int64_t Int __attribute__((vector_size(Tile::vector_bytes)));
  typedef std::uint64_t Bits __attribute__((vector_size(Tile::vector_bytes)));
};

template <typename T>
inline constexpr unsigned parts = float_lanes * sizeof(T) / Tile::vector_bytes;

/// For each lane, yes or no.
template <typename T>
struct LaneMask {
  typename Vector<T>::Int part[parts<T>];
};

/// One number for each lane. Arithmetic is lane by lane; a scalar operand is broadcast.
template <typename T>
struct Lanes {
  using Part = typename Vector<T>::Value;
  Part part[parts<T>];

  Lanes() = default;
  // Part by part: compilers copy whole structures in pieces that do not fit their vectors.
  NRAM_INLINE Lanes(const Lanes& other) {
    for (unsigned i = 0; i < parts<T>; ++i) {
      part[i] = other.part[i];
    }
  }
  // NOLINTNEXTLINE(bugprone-unhandled-self-assignment): a part keeps its value then
  NRAM_INLINE Lanes& operator=(const Lanes& other) {
    for (unsigned i = 0; i < parts<T>; ++i) {
      part[i] = other.part[i];
    }
    return *this;
  }

  NRAM_INLINE T operator[](unsigned lane) const {
    constexpr unsigned width = float_lanes / parts<T>;
    return part[lane / width][lane % width];
  }

#define NRAM_OPERATOR(op)                                         \
  friend NRAM_INLINE Lanes operator op(Lanes a, const Lanes& b) { \
    for (unsigned i = 0; i < parts<T>; ++i) {                     \
      a.part[i] = a.part[i] op b.part[i];                         \
    }                                                             \
    return a;                                                     \
  }                                                               \
  friend NRAM_INLINE Lanes operator op(Lanes a, T b) {            \
    for (unsigned i = 0; i < parts<T>; ++i) {                     \
      a.part[i] = a.part[i] op b;                                 \
    }                                                             \
    return a;                                                     \
  }                                                               \
  friend NRAM_INLINE Lanes operator op(T a, Lanes b) {            \
    for (unsigned i = 0; i < parts<T>; ++i) {                     \
      b.part[i] = a op b.part[i];                                 \
    }                                                             \
    return b;                                                     \
  }                                                               \
  template <typename Other>                                       \
  NRAM_INLINE Lanes& operator op##=(const Other& other) {         \
    return *this = *this op other;                                \
  }
  NRAM_OPERATOR(+)
  NRAM_OPERATOR(-)
  NRAM_OPERATOR(*)
  NRAM_OPERATOR(/)
#undef NRAM_OPERATOR

#define NRAM_COMPARISON(op)                                                    \
  friend NRAM_INLINE LaneMask<T> operator op(const Lanes& a, const Lanes& b) { \
    LaneMask<T> mask;                                                          \
    for (unsigned i = 0; i < parts<T>; ++i) {                                  \
      mask.part[i] = a.part[i] op b.part[i];                                   \
    }                                                                          \
    return mask;                                                               \
  }
  NRAM_COMPARISON(<)
  NRAM_COMPARISON(>)
#undef NRAM_COMPARISON
};

/// Row i of an array [index][lane].
template <typename T>
NRAM_INLINE Lanes<T>& row(T* array, std::size_t i) {
  return *reinterpret_cast<Lanes<T>*>(array + i * float_lanes);
}
template <typename T>
NRAM_INLINE const Lanes<T>& row(const T* array, std::size_t i) {
  return *reinterpret_cast<const Lanes<T>*>(array + i * float_lanes);
}

template <typename T>
NRAM_INLINE Lanes<T> broadcast(T value) {
  return value + Lanes<T>{};
}

/// array[index[lane]] in each lane.
template <typename T>
NRAM_INLINE Lanes<T> gather(const T* array, const std::uint32_t* index) {
  alignas(sizeof(Lanes<T>)) T values[float_lanes];
  for (unsigned l = 0; l < float_lanes; ++l) {
    values[l] = array[index[l]];
  }
  return row(values, 0);
}

/// Lane by lane, a where the mask says yes and b elsewhere.
template <typename T>
NRAM_INLINE Lanes<T> select(const LaneMask<T>& mask, Lanes<T> a, const Lanes<T>& b) {
  for (unsigned i = 0; i < parts<T>; ++i) {
    a.part[i] = mask.part[i] ? a.part[i] : b.part[i];
  }
  return a;
}

/// Lane by lane; a NaN in `a` stays.
template <typename T>
NRAM_INLINE Lanes<T> at_least(const Lanes<T>& a, T low) {
  const Lanes<T> bound = broadcast(low);
  return select(a < bound, bound, a);
}

/// The sum over all lanes, in a fixed order.
template <typename T>
NRAM_INLINE T sum_of_lanes(Lanes<T> a) {
  T sum[float_lanes / 2];
  for (unsigned l = 0; l < float_lanes / 2; ++l) {
    sum[l] = a[l] + a[l + float_lanes / 2];
  }
  return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

/// What exp and log need to know about a floating-point format.
template <typename T>
struct Format;

template <>
struct Format<float> {
  static constexpr int mantissa = 23;
  static constexpr std::uint32_t one = 0x3f800000U;        // bits of 1
  static constexpr std::uint32_t root_half = 0x3f3504f3U;  // bits of sqrt(1/2)
  static constexpr float rounder = 0x1.8p23F;              // adding it rounds to an integer
  static constexpr float smallest = -87.3F;                // exp of less is not a normal number
  static constexpr float largest = 88.3F;
  static constexpr float ln2_high = 0x1.63p-1F;  // few digits: its product with n is exact
  static constexpr float ln2_low = -2.12194440e-4F;
  // Minimax polynomial of (exp(r) - 1 - r) / r² on |r| ≤ ln(2)/2, highest power first (Cephes).
  static constexpr float exp[] = {1.9875691500e-4F, 1.3981999507e-3F, 8.3334519073e-3F,
                                  4.1665795894e-2F, 1.6666665459e-1F, 5.0000001201e-1F};
  static constexpr int log_terms = 6;
};

template <>
struct Format<double> {
  static constexpr int mantissa = 52;
  static constexpr std::uint64_t one = 0x3ff0000000000000U;
  static constexpr std::uint64_t root_half = 0x3fe6a09e667f3bcdU;
  static constexpr double rounder = 0x1.8p52;
  static constexpr double smallest = -708.0;
  static constexpr double largest = 709.0;
  static constexpr double ln2_high = 0x1.62e42feep-1;
  static constexpr double ln2_low = 0x1.a39ef35793c76p-33;
  // Taylor: 1/13! ... 1/2!.
  static constexpr double exp[] = {
      1.6059043836821613e-10, 2.0876756987868099e-09, 2.5052108385441719e-08,
      2.7557319223985893e-07, 2.7557319223985891e-06, 2.4801587301587302e-05,
      1.9841269841269841e-04, 1.3888888888888889e-03, 8.3333333333333333e-03,
      4.1666666666666667e-02, 1.6666666666666667e-01, 0.5};
  static constexpr int log_terms = 11;
};

/// exp of one vector; see below.
template <typename T>
NRAM_INLINE typename Vector<T>::Value exp_part(typename Vector<T>::Value x) {
  using F = Format<T>;
  using Value = typename Vector<T>::Value;
  using Bits = typename Vector<T>::Bits;
  const Value zero = {};
  const Value y = x > F::largest ? zero + F::largest : x;
  const Value rounded = y * T(1.4426950408889634) + F::rounder;
  const Value n = rounded - F::rounder;
  const Value r = (y - n * F::ln2_high) - n * F::ln2_low;
  Value p = zero + F::exp[0];
#pragma GCC unroll 16
  for (std::size_t i = 1; i < sizeof(F::exp) / sizeof(T); ++i) {
    p = p * r + F::exp[i];
  }
  p = p * (r * r) + (r + T(1));
  // The last bits of `rounded` are the integer n: shifted into the exponent they make 2^n.
  const Bits power = ((Bits)rounded << F::mantissa) + F::one;
  return x < F::smallest ? zero : p * (Value)power;
}

/// log of one vector; see below.
template <typename T>
NRAM_INLINE typename Vector<T>::Value log_part(typename Vector<T>::Value x) {
  using F = Format<T>;
  using Value = typename Vector<T>::Value;
  using Int = typename Vector<T>::Int;
  using Bits = typename Vector<T>::Bits;
  // x = 2^e · m with m in [sqrt(1/2), sqrt(2)).
  const auto e = (Int)((Bits)x - F::root_half) >> F::mantissa;
  const auto m = (Value)((Bits)x - ((Bits)e << F::mantissa));
  const Value n = __builtin_convertvector(e, Value);
  // log m = 2 artanh s.
  const Value s = (m - T(1)) / (m + T(1));
  const Value s2 = s * s;
  Value p = Value{} + T(1) / T(2 * F::log_terms - 1);
#pragma GCC unroll 16
  for (int k = F::log_terms - 2; k >= 0; --k) {
    p = p * s2 + T(1) / T(2 * k + 1);
  }
  const Value result = n * F::ln2_high + (n * F::ln2_low + (s + s) * p);
  return x == x ? result : x;
}

/// exp with a relative error of about 1e-7 (float). 0 where the result would not be a normal
/// number, saturated above `largest`; NaN stays.
template <typename T>
NRAM_INLINE Lanes<T> exp(Lanes<T> x) {
  for (unsigned i = 0; i < parts<T>; ++i) {
    x.part[i] = exp_part<T>(x.part[i]);
  }
  return x;
}

/// Natural logarithm of normal positive numbers; NaN stays.
template <typename T>
NRAM_INLINE Lanes<T> log(Lanes<T> x) {
  for (unsigned i = 0; i < parts<T>; ++i) {
    x.part[i] = log_part<T>(x.part[i]);
  }
  return x;
}

template <typename T>
NRAM_INLINE Lanes<T> sigmoid(Lanes<T> x) {
  return T(1) / (T(1) + exp<T>(T(0) - x));
}

template <typename T>
NRAM_INLINE Lanes<T> tanh(Lanes<T> x) {
  return T(1) - T(2) / (T(1) + exp<T>(x + x));
}

}  // namespace nram::soft::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
