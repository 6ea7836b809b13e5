#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nram {

inline constexpr std::string_view npy_magic = "\x93NUMPY";
/// So many bytes of a file are enough for npy_header_size.
inline constexpr std::size_t npy_prefix_bytes = 12;

/// Where the data of a `.npy` file begins, from its first bytes. Throws Error(data) if they are not
/// those of a `.npy` file or the header is longer than we read.
std::size_t npy_header_size(std::string_view bytes, const std::string& name);

}  // namespace nram
