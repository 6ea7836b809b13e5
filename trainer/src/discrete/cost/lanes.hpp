#pragma once

// Examples side by side: lane i of every lane vector belongs to example i. There are 64 of them
// where elements are small, and fewer where they are wide.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>

namespace nram::discrete {

/// The most lanes that there are, those of bytes.
inline constexpr unsigned lane_count = 64;

/// Bytes that a lane vector has at most: with AVX2, operations on it stay in registers. On wide
/// elements, fewer examples say nearly as much, and the steps that a candidate takes on them cost
/// what they do on 64 small ones.
inline constexpr unsigned most_lane_bytes = 128;

template <typename Element>
inline constexpr unsigned lanes_of_element = std::min<unsigned>(lane_count,
                                                                most_lane_bytes / sizeof(Element));

/// One number for each lane. A plain struct, because the alignment of compiler vectors depends on
/// the instruction set that a file is compiled for.
template <typename Element>
struct alignas(64) Lanes {
  static constexpr unsigned count = lanes_of_element<Element>;

  std::array<Element, count> of{};

  Element& operator[](unsigned lane) { return of[lane]; }
  Element operator[](unsigned lane) const { return of[lane]; }
};

using Bytes = Lanes<std::uint8_t>;

/// What a lane may hold: bytes where values, addresses and steps are small, which is quickest;
/// wider ones where they are not.
template <template <typename Element> typename Of>
using OfEachWidth =
    std::tuple<Of<std::uint8_t>, Of<std::uint16_t>, Of<std::uint32_t>, Of<std::uint64_t>>;

}  // namespace nram::discrete
