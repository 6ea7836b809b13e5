// Arithmetic on Bytes by the compiler's vectors, for sources that are compiled for each instruction
// set.

// Once for each instruction set.
#if defined(NRAM_DISCRETE_LANE_VECTOR_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef NRAM_DISCRETE_LANE_VECTOR_HPP
#undef NRAM_DISCRETE_LANE_VECTOR_HPP
#else
#define NRAM_DISCRETE_LANE_VECTOR_HPP
#endif

#include "discrete/cost/byte_lanes.hpp"

#include <bit>
#include <cstddef>
#include <utility>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace nram::discrete::HWY_NAMESPACE {
namespace {

// The widest vectors that the computer has: of wider ones GCC makes code for single bytes wherever
// lanes are compared or shuffled.
#if HWY_TARGET <= HWY_AVX3
constexpr unsigned part_size = 64;
#elif HWY_TARGET <= HWY_AVX2
constexpr unsigned part_size = 32;
#else
constexpr unsigned part_size = 16;
#endif
constexpr unsigned part_count = byte_lanes / part_size;

using Part = std::uint8_t __attribute__((vector_size(part_size)));
using SignedPart = std::int8_t __attribute__((vector_size(part_size)));
using PartQuads = std::uint64_t __attribute__((vector_size(part_size)));

// What the compiler's vectors cannot do is left to Highway's, except on the baseline, for which it
// has none as wide.
#define NRAM_HIGHWAY_VECTORS (HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128)
#if NRAM_HIGHWAY_VECTORS
namespace hn = hwy::HWY_NAMESPACE;
using PartTag = hn::FixedTag<std::uint8_t, part_size>;
using HighwayPart = hn::Vec<PartTag>;

inline HighwayPart of_highway(Part part) {
  return HighwayPart{reinterpret_cast<decltype(HighwayPart::raw)>(part)};
}
inline Part of_compiler(HighwayPart part) { return reinterpret_cast<Part>(part.raw); }
#endif

// A byte in each lane.
struct Vector {
  std::array<Part, part_count> parts;

  Vector() = default;
  template <typename... Parts>
  explicit Vector(Part first, Parts... others) : parts{first, others...} {}
  // Part by part: GCC copies whole structures in pieces that are smaller than its vectors, which
  // then have to wait for them.
  [[gnu::always_inline]] Vector(const Vector& other) { *this = other; }
  [[gnu::always_inline]] Vector& operator=(const Vector& other) {
    for (unsigned i = 0; i < part_count; ++i) {
      parts[i] = other.parts[i];
    }
    return *this;
  }
};
// The result of comparing lanes: 0 or -1 in each.
struct Comparison {
  std::array<SignedPart, part_count> parts;
};
static_assert(sizeof(Vector) == sizeof(Bytes));

// A Result made of what the function gives for each part.
template <typename Result, typename Function>
[[gnu::always_inline]] inline Result by_part(const Function& function) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
    return Result{function(I)...};
  }
  (std::make_index_sequence<part_count>());
}

#define NRAM_LANES [&](std::size_t i) __attribute__((always_inline))

inline Vector operator&(const Vector& a, const Vector& b) {
  return by_part<Vector>(NRAM_LANES { return a.parts[i] & b.parts[i]; });
}
inline Vector operator|(const Vector& a, const Vector& b) {
  return by_part<Vector>(NRAM_LANES { return a.parts[i] | b.parts[i]; });
}
inline Vector operator~(const Vector& a) {
  return by_part<Vector>(NRAM_LANES { return ~a.parts[i]; });
}
inline Vector operator+(const Vector& a, const Vector& b) {
  return by_part<Vector>(NRAM_LANES { return a.parts[i] + b.parts[i]; });
}
inline Vector operator-(const Vector& a, const Vector& b) {
  return by_part<Vector>(NRAM_LANES { return a.parts[i] - b.parts[i]; });
}
inline Vector& operator&=(Vector& a, const Vector& b) { return a = a & b; }
inline Vector& operator|=(Vector& a, const Vector& b) { return a = a | b; }
inline Vector& operator+=(Vector& a, const Vector& b) { return a = a + b; }

inline Comparison operator==(const Vector& a, const Vector& b) {
  return by_part<Comparison>(NRAM_LANES { return a.parts[i] == b.parts[i]; });
}
inline Comparison operator!=(const Vector& a, const Vector& b) {
  return by_part<Comparison>(NRAM_LANES { return a.parts[i] != b.parts[i]; });
}
inline Comparison operator<(const Vector& a, const Vector& b) {
  return by_part<Comparison>(NRAM_LANES { return a.parts[i] < b.parts[i]; });
}
inline Comparison operator<=(const Vector& a, const Vector& b) {
  return by_part<Comparison>(NRAM_LANES { return a.parts[i] <= b.parts[i]; });
}
inline Comparison operator>(const Vector& a, const Vector& b) { return b < a; }
inline Comparison operator>=(const Vector& a, const Vector& b) { return b <= a; }

inline Vector& vector(Bytes& bytes) { return reinterpret_cast<Vector&>(bytes); }
inline const Vector& vector(const Bytes& bytes) { return reinterpret_cast<const Vector&>(bytes); }
inline Vector* vectors(Bytes* bytes) { return reinterpret_cast<Vector*>(bytes); }
inline const Vector* vectors(const Bytes* bytes) { return reinterpret_cast<const Vector*>(bytes); }

inline Vector splat(unsigned value) {
  return by_part<Vector>([=](std::size_t) { return Part{} + static_cast<std::uint8_t>(value); });
}
inline Bytes bytes_of(const Vector& lanes_) {
  Bytes bytes;
  vector(bytes) = lanes_;
  return bytes;
}

// 0xff in the lanes where the comparison holds.
inline Vector mask(const Comparison& comparison) {
  return by_part<Vector>(NRAM_LANES { return reinterpret_cast<Part>(comparison.parts[i]); });
}

inline Vector choose(const Vector& mask, const Vector& yes, const Vector& no) {
#if NRAM_HIGHWAY_VECTORS
  return by_part<Vector>(NRAM_LANES {
    return of_compiler(hn::IfVecThenElse(of_highway(mask.parts[i]), of_highway(yes.parts[i]),
                                         of_highway(no.parts[i])));
  });
#else
  return (mask & yes) | (~mask & no);
#endif
}

// The same for a comparison: one instruction where lanes can be masked.
inline Vector choose_if(const Comparison& comparison, const Vector& yes, const Vector& no) {
  return by_part<Vector>(NRAM_LANES { return comparison.parts[i] ? yes.parts[i] : no.parts[i]; });
}

// Bit i: whether lane i of a mask is set.
inline std::uint64_t bits_of(const Vector& mask) {
  std::uint64_t bits = 0;
  for (unsigned i = 0; i < part_count; ++i) {
#if NRAM_HIGHWAY_VECTORS
    std::uint64_t part = 0;
    hn::StoreMaskBits(PartTag(), hn::MaskFromVec(of_highway(mask.parts[i])),
                      reinterpret_cast<std::uint8_t*>(&part));
    bits |= part << (part_size * i);
#else
    // Times the magic number, bit 8i of a quad ends up in bit 56 + i.
    const auto quads = reinterpret_cast<PartQuads>(mask.parts[i] & 1);
    for (unsigned k = 0; k < part_size / 8; ++k) {
      bits |= ((quads[k] * 0x0102040810204080U) >> 56U) << (part_size * i + 8 * k);
    }
#endif
  }
  return bits;
}

// The reverse: 0xff in the elements whose bit is set.
inline Bytes bytes_from(std::uint64_t bits) {
  Bytes bytes{};
  for (; bits != 0; bits &= bits - 1) {
    bytes[static_cast<unsigned>(std::countr_zero(bits))] = 0xff;
  }
  return bytes;
}

inline bool any(const Vector& mask) {
#if NRAM_HIGHWAY_VECTORS
  Part all = mask.parts[0];
  for (unsigned i = 1; i < part_count; ++i) {
    all |= mask.parts[i];
  }
  return !hn::AllFalse(PartTag(), hn::MaskFromVec(of_highway(all)));
#else
  return bits_of(mask) != 0;
#endif
}

// In how many lanes a mask is set.
inline unsigned lanes_set(const Vector& mask) {
  return static_cast<unsigned>(std::popcount(bits_of(mask)));
}

#undef NRAM_LANES
#undef NRAM_HIGHWAY_VECTORS

}  // namespace
}  // namespace nram::discrete::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
