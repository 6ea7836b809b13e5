#pragma once

// 64 examples side by side: lane i of every byte vector belongs to example i.

#include <array>
#include <cstdint>

namespace nram::discrete {

inline constexpr unsigned byte_lanes = 64;

/// One byte for each lane. A plain struct, because the alignment of compiler vectors depends on the
/// instruction set that a file is compiled for.
struct alignas(byte_lanes) Bytes {
  std::array<std::uint8_t, byte_lanes> of{};

  std::uint8_t& operator[](unsigned lane) { return of[lane]; }
  std::uint8_t operator[](unsigned lane) const { return of[lane]; }
};

}  // namespace nram::discrete
