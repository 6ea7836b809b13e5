#pragma once

// 64 examples side by side: lane i of every lane vector belongs to example i.

#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>

namespace nram::discrete {

inline constexpr unsigned lane_count = 64;

/// One number for each lane. A plain struct, because the alignment of compiler vectors depends on
/// the instruction set that a file is compiled for.
template <typename Element>
struct alignas(64) Lanes {
  std::array<Element, lane_count> of{};

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
