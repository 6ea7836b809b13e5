#pragma once

// Arithmetic on Bytes by the compiler's vectors. Only for files that are compiled for the same
// instruction set.

#include "lanes.hpp"

#include <bit>

#ifdef __AVX512BW__
#include <immintrin.h>
#endif

namespace nram::discrete {
namespace {

using Vector = std::uint8_t __attribute__((vector_size(lanes)));
using Quads = std::uint64_t __attribute__((vector_size(lanes)));

inline Vector& vector(Bytes& bytes) { return reinterpret_cast<Vector&>(bytes); }
inline const Vector& vector(const Bytes& bytes) { return reinterpret_cast<const Vector&>(bytes); }
inline Vector* vectors(Bytes* bytes) { return reinterpret_cast<Vector*>(bytes); }
inline const Vector* vectors(const Bytes* bytes) { return reinterpret_cast<const Vector*>(bytes); }

inline Vector splat(unsigned value) { return Vector{} + static_cast<std::uint8_t>(value); }

// Comparisons give 0 / -1 per lane; as a mask of bytes.
template <typename Comparison>
inline Vector mask(Comparison comparison) {
  return reinterpret_cast<Vector>(comparison);
}

inline Vector choose(const Vector& mask, const Vector& yes, const Vector& no) {
  return (mask & yes) | (~mask & no);
}

// The same for a comparison: one instruction where lanes can be masked.
template <typename Comparison>
inline Vector choose_if(Comparison comparison, const Vector& yes, const Vector& no) {
  return comparison ? yes : no;
}

// table[index] in every lane; indices are below the number of lanes.
inline Vector look_up(const Vector& table, const Vector& index) {
#ifdef __AVX512VBMI__
  // With a mask of all lanes: GCC 12 takes the plain form's unused operand for uninitialised.
  return reinterpret_cast<Vector>(_mm512_maskz_permutexvar_epi8(
      ~__mmask64{0}, reinterpret_cast<__m512i>(index), reinterpret_cast<__m512i>(table)));
#else
  return __builtin_shuffle(table, index);
#endif
}

// The reverse of bits_of: 0xff in the elements whose bit is set.
inline Vector bytes_from(std::uint64_t bits) {
#ifdef __AVX512BW__
  return reinterpret_cast<Vector>(_mm512_movm_epi8(bits));
#else
  Vector bytes{};
  for (; bits != 0; bits &= bits - 1) {
    bytes[std::countr_zero(bits)] = 0xff;
  }
  return bytes;
#endif
}

// Bit i: whether lane i of a mask is set.
inline std::uint64_t bits_of(const Vector& mask) {
#ifdef __AVX512BW__
  return _mm512_movepi8_mask(reinterpret_cast<__m512i>(mask));
#else
  // Times the magic number, bit 8i of a quad ends up in bit 56 + i.
  const auto quads = reinterpret_cast<Quads>(mask & splat(1));
  std::uint64_t bits = 0;
  for (unsigned i = 0; i < lanes / 8; ++i) {
    bits |= ((quads[i] * 0x0102040810204080U) >> 56U) << (8 * i);
  }
  return bits;
#endif
}

inline bool any(const Vector& mask) { return bits_of(mask) != 0; }

// In how many lanes a mask is set.
inline unsigned lanes_set(const Vector& mask) {
  return static_cast<unsigned>(std::popcount(bits_of(mask)));
}

}  // namespace
}  // namespace nram::discrete
