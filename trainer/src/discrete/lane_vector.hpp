#pragma once

// Arithmetic on Bytes by the compiler's vectors. Only for files that are compiled for the same
// instruction set.

#include "lanes.hpp"

#include <bit>

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

inline std::uint64_t folded(const Vector& bytes) {
  const auto quads = reinterpret_cast<Quads>(bytes);
  return quads[0] | quads[1] | quads[2] | quads[3] | quads[4] | quads[5] | quads[6] | quads[7];
}

inline bool any(const Vector& mask) { return folded(mask) != 0; }

// In how many lanes a mask is set.
inline unsigned lanes_set(const Vector& mask) {
  const auto quads = reinterpret_cast<Quads>(mask & splat(1));
  unsigned count = 0;
  for (unsigned i = 0; i < lanes / 8; ++i) {
    count += static_cast<unsigned>(std::popcount(quads[i]));
  }
  return count;
}

}  // namespace
}  // namespace nram::discrete
