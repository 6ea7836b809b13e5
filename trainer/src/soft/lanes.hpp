// 16 lanes of a scalar as one vector value, and the elementary functions on it.
//
// Only for the soft machine's own sources, which are compiled for the computer's own instruction
// set: headers that others include pass lanes as pointers to scalars.

#pragma once

#include <cstddef>
#include <cstdint>

#include <nram/trainer/lane_batch.hpp>

#define NRAM_INLINE inline __attribute__((always_inline))

namespace nram::soft {

inline constexpr unsigned lanes = LaneGroup::lanes;

template <typename T>
struct LaneTypes;

template <>
struct LaneTypes<float> {
  typedef float Value __attribute__((vector_size(64), may_alias));
  typedef std::int32_t Int __attribute__((vector_size(64)));
  typedef std::uint32_t Bits __attribute__((vector_size(64)));
};

template <>
struct LaneTypes<double> {
  typedef double Value __attribute__((vector_size(128), may_alias));
  typedef std::int64_t Int __attribute__((vector_size(128)));
  typedef std::uint64_t Bits __attribute__((vector_size(128)));
};

/// One number for each lane. Arithmetic is lane by lane; a scalar operand is broadcast.
template <typename T>
using Lanes = typename LaneTypes<T>::Value;

/// Row i of an array [index][lane].
template <typename T>
NRAM_INLINE Lanes<T>& row(T* array, std::size_t i) {
  return *reinterpret_cast<Lanes<T>*>(array + i * lanes);
}
template <typename T>
NRAM_INLINE const Lanes<T>& row(const T* array, std::size_t i) {
  return *reinterpret_cast<const Lanes<T>*>(array + i * lanes);
}

template <typename T>
NRAM_INLINE Lanes<T> broadcast(T value) {
  return value - Lanes<T>{};
}

/// Lane by lane; a NaN in `a` stays.
template <typename T>
NRAM_INLINE Lanes<T> at_least(Lanes<T> a, T low) {
  return a < low ? broadcast(low) : a;
}
template <typename T>
NRAM_INLINE Lanes<T> at_most(Lanes<T> a, T high) {
  return a > high ? broadcast(high) : a;
}

/// The sum over all lanes, in a fixed order.
template <typename T>
NRAM_INLINE T sum_of_lanes(Lanes<T> a) {
  T sum[lanes / 2];
  for (unsigned l = 0; l < lanes / 2; ++l) {
    sum[l] = a[l] + a[l + lanes / 2];
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

/// exp with a relative error of about 1e-7 (float). 0 where the result would not be a normal
/// number, saturated above `largest`; NaN stays.
template <typename T>
NRAM_INLINE Lanes<T> exp(Lanes<T> x) {
  using F = Format<T>;
  using Bits = typename LaneTypes<T>::Bits;
  const Lanes<T> y = at_most<T>(x, F::largest);
  const Lanes<T> rounded = y * T(1.4426950408889634) + F::rounder;
  const Lanes<T> n = rounded - F::rounder;
  const Lanes<T> r = (y - n * F::ln2_high) - n * F::ln2_low;
  Lanes<T> p = broadcast(F::exp[0]);
#pragma GCC unroll 16
  for (std::size_t i = 1; i < sizeof(F::exp) / sizeof(T); ++i) {
    p = p * r + F::exp[i];
  }
  p = p * (r * r) + (r + T(1));
  // The last bits of `rounded` are the integer n: shifted into the exponent they make 2^n.
  const Bits power = ((Bits)rounded << F::mantissa) + F::one;
  return x < F::smallest ? Lanes<T>{} : p * (Lanes<T>)power;
}

/// Natural logarithm of normal positive numbers; NaN stays.
template <typename T>
NRAM_INLINE Lanes<T> log(Lanes<T> x) {
  using F = Format<T>;
  using Int = typename LaneTypes<T>::Int;
  using Bits = typename LaneTypes<T>::Bits;
  // x = 2^e · m with m in [sqrt(1/2), sqrt(2)).
  const Int e = (Int)((Bits)x - F::root_half) >> F::mantissa;
  const Lanes<T> m = (Lanes<T>)((Bits)x - ((Bits)e << F::mantissa));
  const Lanes<T> n = __builtin_convertvector(e, Lanes<T>);
  // log m = 2 artanh s.
  const Lanes<T> s = (m - T(1)) / (m + T(1));
  const Lanes<T> s2 = s * s;
  Lanes<T> p = broadcast(T(1) / T(2 * F::log_terms - 1));
#pragma GCC unroll 16
  for (int k = F::log_terms - 2; k >= 0; --k) {
    p = p * s2 + T(1) / T(2 * k + 1);
  }
  const Lanes<T> result = n * F::ln2_high + (n * F::ln2_low + (s + s) * p);
  return x == x ? result : x;
}

template <typename T>
NRAM_INLINE Lanes<T> sigmoid(Lanes<T> x) {
  return T(1) / (T(1) + exp<T>(-x));
}

template <typename T>
NRAM_INLINE Lanes<T> tanh(Lanes<T> x) {
  return T(1) - T(2) / (T(1) + exp<T>(x + x));
}

}  // namespace nram::soft
