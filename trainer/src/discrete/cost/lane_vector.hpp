// Arithmetic on lanes by the compiler's vectors, for sources that are compiled for each instruction
// set.

// Once for each instruction set.
#if defined(NRAM_DISCRETE_LANE_VECTOR_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef NRAM_DISCRETE_LANE_VECTOR_HPP
#undef NRAM_DISCRETE_LANE_VECTOR_HPP
#else
#define NRAM_DISCRETE_LANE_VECTOR_HPP
#endif

#include "discrete/cost/lanes.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>
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

// What the compiler's vectors cannot do is left to Highway's, except on the baseline, for which it
// has none as wide.
#define NRAM_HIGHWAY_VECTORS (HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128)

// How the lanes are held in vectors of the processor.
template <typename Element>
struct Parts {
  static constexpr unsigned lanes = part_size / sizeof(Element);
  static constexpr unsigned count = Lanes<Element>::count / lanes;
  using Signed = std::make_signed_t<Element>;
  typedef Element Part __attribute__((vector_size(part_size)));
  typedef Signed SignedPart __attribute__((vector_size(part_size)));

#if NRAM_HIGHWAY_VECTORS
  using Tag = hwy::HWY_NAMESPACE::FixedTag<Element, lanes>;
  using HighwayPart = hwy::HWY_NAMESPACE::Vec<Tag>;

  static HighwayPart of_highway(Part part) {
    return HighwayPart{reinterpret_cast<decltype(HighwayPart::raw)>(part)};
  }
  static Part of_compiler(HighwayPart part) { return reinterpret_cast<Part>(part.raw); }
#endif
};
#if NRAM_HIGHWAY_VECTORS
namespace hn = hwy::HWY_NAMESPACE;
#endif

// An element in each lane.
template <typename Element>
struct VectorOf {
  using Part = typename Parts<Element>::Part;
  static constexpr unsigned part_count = Parts<Element>::count;

  std::array<Part, part_count> parts;

  VectorOf() = default;
  template <typename... Others>
  explicit VectorOf(Part first, Others... others) : parts{first, others...} {}
  // Part by part: GCC copies whole structures in pieces that are smaller than its vectors, which
  // then have to wait for them.
  [[gnu::always_inline]] VectorOf(const VectorOf& other) { *this = other; }
  [[gnu::always_inline]] VectorOf& operator=(const VectorOf& other) {
    for (unsigned i = 0; i < part_count; ++i) {
      parts[i] = other.parts[i];
    }
    return *this;
  }
};
// The result of comparing lanes: 0 or -1 in each.
template <typename Element>
struct ComparisonOf {
  static constexpr unsigned part_count = Parts<Element>::count;

  std::array<typename Parts<Element>::SignedPart, part_count> parts;
};
static_assert(sizeof(VectorOf<std::uint8_t>) == sizeof(Bytes));

// A Result made of what the function gives for each part.
template <typename Result, typename Function>
[[gnu::always_inline]] inline Result by_part(const Function& function) {
  // More of them do not fit into the registers, whatever order they come in.
  constexpr unsigned most_unrolled = 4;
  if constexpr (Result::part_count <= most_unrolled) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
      return Result{function(I)...};
    }
    (std::make_index_sequence<Result::part_count>());
  } else {
    Result result;
    for (std::size_t i = 0; i < Result::part_count; ++i) {
      result.parts[i] = function(i);
    }
    return result;
  }
}

#define NRAM_LANES [&](std::size_t i) __attribute__((always_inline))

template <typename Element>
inline VectorOf<Element> operator&(const VectorOf<Element>& a, const VectorOf<Element>& b) {
  return by_part<VectorOf<Element>>(NRAM_LANES { return a.parts[i] & b.parts[i]; });
}
template <typename Element>
inline VectorOf<Element> operator|(const VectorOf<Element>& a, const VectorOf<Element>& b) {
  return by_part<VectorOf<Element>>(NRAM_LANES { return a.parts[i] | b.parts[i]; });
}
template <typename Element>
inline VectorOf<Element> operator~(const VectorOf<Element>& a) {
  return by_part<VectorOf<Element>>(NRAM_LANES { return ~a.parts[i]; });
}
template <typename Element>
inline VectorOf<Element> operator+(const VectorOf<Element>& a, const VectorOf<Element>& b) {
  return by_part<VectorOf<Element>>(NRAM_LANES { return a.parts[i] + b.parts[i]; });
}
template <typename Element>
inline VectorOf<Element> operator-(const VectorOf<Element>& a, const VectorOf<Element>& b) {
  return by_part<VectorOf<Element>>(NRAM_LANES { return a.parts[i] - b.parts[i]; });
}
template <typename Element>
inline VectorOf<Element>& operator&=(VectorOf<Element>& a, const VectorOf<Element>& b) {
  return a = a & b;
}
template <typename Element>
inline VectorOf<Element>& operator|=(VectorOf<Element>& a, const VectorOf<Element>& b) {
  return a = a | b;
}
template <typename Element>
inline VectorOf<Element>& operator+=(VectorOf<Element>& a, const VectorOf<Element>& b) {
  return a = a + b;
}

template <typename Element>
inline ComparisonOf<Element> operator==(const VectorOf<Element>& a, const VectorOf<Element>& b) {
  return by_part<ComparisonOf<Element>>(NRAM_LANES { return a.parts[i] == b.parts[i]; });
}
template <typename Element>
inline ComparisonOf<Element> operator!=(const VectorOf<Element>& a, const VectorOf<Element>& b) {
  return by_part<ComparisonOf<Element>>(NRAM_LANES { return a.parts[i] != b.parts[i]; });
}
template <typename Element>
inline ComparisonOf<Element> operator<(const VectorOf<Element>& a, const VectorOf<Element>& b) {
  return by_part<ComparisonOf<Element>>(NRAM_LANES { return a.parts[i] < b.parts[i]; });
}
template <typename Element>
inline ComparisonOf<Element> operator<=(const VectorOf<Element>& a, const VectorOf<Element>& b) {
  return by_part<ComparisonOf<Element>>(NRAM_LANES { return a.parts[i] <= b.parts[i]; });
}
template <typename Element>
inline ComparisonOf<Element> operator>(const VectorOf<Element>& a, const VectorOf<Element>& b) {
  return b < a;
}
template <typename Element>
inline ComparisonOf<Element> operator>=(const VectorOf<Element>& a, const VectorOf<Element>& b) {
  return b <= a;
}

template <typename Element>
inline VectorOf<Element>& vector(Lanes<Element>& lanes) {
  return reinterpret_cast<VectorOf<Element>&>(lanes);
}
template <typename Element>
inline const VectorOf<Element>& vector(const Lanes<Element>& lanes) {
  return reinterpret_cast<const VectorOf<Element>&>(lanes);
}
template <typename Element>
inline VectorOf<Element>* vectors(Lanes<Element>* lanes) {
  return reinterpret_cast<VectorOf<Element>*>(lanes);
}
template <typename Element>
inline const VectorOf<Element>* vectors(const Lanes<Element>* lanes) {
  return reinterpret_cast<const VectorOf<Element>*>(lanes);
}

template <typename Element>
inline VectorOf<Element> splat(std::uint64_t value) {
  using Part = typename Parts<Element>::Part;
  return by_part<VectorOf<Element>>(
      [=](std::size_t) { return Part{} + static_cast<Element>(value); });
}
template <typename Element>
inline Lanes<Element> lanes_of(const VectorOf<Element>& vector_) {
  Lanes<Element> lanes;
  vector(lanes) = vector_;
  return lanes;
}

// All bits set in the lanes where the comparison holds.
template <typename Element>
inline VectorOf<Element> mask(const ComparisonOf<Element>& comparison) {
  return by_part<VectorOf<Element>>(
      NRAM_LANES { return reinterpret_cast<typename Parts<Element>::Part>(comparison.parts[i]); });
}

template <typename Element>
inline VectorOf<Element> choose(const VectorOf<Element>& mask, const VectorOf<Element>& yes,
                                const VectorOf<Element>& no) {
#if NRAM_HIGHWAY_VECTORS
  using P = Parts<Element>;
  return by_part<VectorOf<Element>>(NRAM_LANES {
    return P::of_compiler(hn::IfVecThenElse(
        P::of_highway(mask.parts[i]), P::of_highway(yes.parts[i]), P::of_highway(no.parts[i])));
  });
#else
  return (mask & yes) | (~mask & no);
#endif
}

// The same for a comparison: one instruction where lanes can be masked.
template <typename Element>
inline VectorOf<Element> choose_if(const ComparisonOf<Element>& comparison,
                                   const VectorOf<Element>& yes, const VectorOf<Element>& no) {
  return by_part<VectorOf<Element>>(
      NRAM_LANES { return comparison.parts[i] ? yes.parts[i] : no.parts[i]; });
}

// Bit i: whether lane i of a mask is set.
template <typename Element>
inline std::uint64_t bits_of(const VectorOf<Element>& mask) {
  std::uint64_t bits = 0;
#if NRAM_HIGHWAY_VECTORS
  using P = Parts<Element>;
  for (unsigned i = 0; i < P::count; ++i) {
    std::uint64_t part = 0;
    hn::StoreMaskBits(typename P::Tag(), hn::MaskFromVec(P::of_highway(mask.parts[i])),
                      reinterpret_cast<std::uint8_t*>(&part));
    bits |= part << (P::lanes * i);
  }
#else
  if constexpr (sizeof(Element) == 1) {
    using Quads = typename Parts<std::uint64_t>::Part;
    for (unsigned i = 0; i < Parts<Element>::count; ++i) {
      // Times the magic number, bit 8i of a quad ends up in bit 56 + i.
      const auto quads = reinterpret_cast<Quads>(mask.parts[i] & 1);
      for (unsigned k = 0; k < part_size / 8; ++k) {
        bits |= ((quads[k] * 0x0102040810204080U) >> 56U) << (part_size * i + 8 * k);
      }
    }
  } else {
    const Lanes<Element> lanes = lanes_of(mask);
    for (unsigned lane = 0; lane < lanes.count; ++lane) {
      bits |= std::uint64_t{lanes[lane] & 1U} << lane;
    }
  }
#endif
  return bits;
}

template <typename Element>
inline bool any(const VectorOf<Element>& mask) {
#if NRAM_HIGHWAY_VECTORS
  using P = Parts<Element>;
  typename P::Part all = mask.parts[0];
  for (unsigned i = 1; i < P::count; ++i) {
    all |= mask.parts[i];
  }
  return !hn::AllFalse(typename P::Tag(), hn::MaskFromVec(P::of_highway(all)));
#else
  return bits_of(mask) != 0;
#endif
}

#undef NRAM_LANES
#undef NRAM_HIGHWAY_VECTORS

}  // namespace
}  // namespace nram::discrete::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
