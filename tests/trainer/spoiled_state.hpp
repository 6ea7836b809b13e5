#pragma once

// Spoils saved state, which is CBOR, as a stranger would: numbers changed, arrays cut, types
// swapped, bytes flipped.

#include <cstdint>
#include <vector>

#include <nlohmann/json.hpp>

#include <nram/trainer/random.hpp>

namespace nram {

/// The bytes with one or two things changed.
std::vector<std::uint8_t> spoiled(const std::vector<std::uint8_t>& saved, Random& random);

/// One value, somewhere within it, with one thing changed.
void spoil(nlohmann::json& json, Random& random);

}  // namespace nram
