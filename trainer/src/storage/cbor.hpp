#pragma once

// Saved state, which may come from strangers.

#include <cstdint>
#include <vector>

#include <nlohmann/json.hpp>

namespace nram {

/// The value that the bytes encode as CBOR (RFC 8949). Throws the JSON library's exceptions if they
/// do not encode one, Error(data) if values are nested more than 16 deep: the library's reader
/// calls itself for each level and would run out of stack.
nlohmann::json parse_cbor(const std::vector<std::uint8_t>& bytes);

}  // namespace nram
