#include "spoiled_state.hpp"

#include <array>
#include <cstddef>
#include <iterator>
#include <limits>

namespace nram {
namespace {

using Json = nlohmann::json;

Json any_value(Random& random) {
  constexpr std::array<std::uint64_t, 10> numbers = {0,
                                                     1,
                                                     7,
                                                     64,
                                                     255,
                                                     256,
                                                     65536,
                                                     std::uint64_t{1} << 32U,
                                                     std::uint64_t{1} << 53U,
                                                     std::numeric_limits<std::uint64_t>::max()};
  switch (random.below(8)) {
    case 0:
      return nullptr;
    case 1:
      return random.chance(0.5);
    case 2:
      return -1 - static_cast<std::int64_t>(random.below(1000));
    case 3:
      return random.chance(0.5) ? 1e300 : 0.5;
    case 4:
      return "text";
    case 5:
      return Json::array();
    case 6:
      return random.next();
    default:
      return numbers[random.below(numbers.size())];
  }
}

void spoil_bytes(std::vector<std::uint8_t>& bytes, Random& random) {
  if (bytes.empty() || random.chance(0.1)) {
    bytes.push_back(static_cast<std::uint8_t>(random.next()));
  } else if (random.chance(0.3)) {
    bytes.resize(random.below(bytes.size()));
  } else {
    bytes[random.below(bytes.size())] = static_cast<std::uint8_t>(random.next());
  }
}

void spoil_number(Json& json, Random& random) {
  const auto number = json.get<std::uint64_t>();
  switch (random.below(4)) {
    case 0:
      json = number + 1;
      break;
    case 1:
      json = number - 1;
      break;
    case 2:
      json = number ^ (std::uint64_t{1} << random.below(64));
      break;
    default:
      json = any_value(random);
  }
}

void spoil_array(Json& json, Random& random) {
  if (json.empty() || random.chance(0.3)) {
    json.push_back(json.empty() ? any_value(random) : json.back());
  } else if (random.chance(0.5)) {
    json.erase(json.begin() + static_cast<std::ptrdiff_t>(random.below(json.size())));
  } else {
    const Json fill = any_value(random);
    for (Json& element : json) {
      element = fill;
    }
  }
}

}  // namespace

void spoil(Json& json, Random& random) {
  const bool has_parts = json.is_structured() && !json.empty();
  if (has_parts && !random.chance(0.1)) {
    auto part = json.begin();
    std::advance(part, static_cast<std::ptrdiff_t>(random.below(json.size())));
    spoil(*part, random);
  } else if (json.is_array()) {
    spoil_array(json, random);
  } else if (json.is_object() && has_parts) {
    json.erase(json.begin());
  } else if (json.is_binary() && !random.chance(0.1)) {
    // A saved attempt, perhaps, or parameters.
    auto& bytes = json.get_binary();
    const Json within = Json::from_cbor(bytes, true, false);
    if (within.is_object()) {
      bytes = spoiled(bytes, random);
    } else {
      spoil_bytes(bytes, random);
    }
  } else if (json.is_number_unsigned()) {
    spoil_number(json, random);
  } else {
    json = any_value(random);
  }
}

std::vector<std::uint8_t> spoiled(const std::vector<std::uint8_t>& saved, Random& random) {
  if (random.chance(0.1)) {
    std::vector<std::uint8_t> bytes = saved;
    spoil_bytes(bytes, random);
    return bytes;
  }
  Json json = Json::from_cbor(saved);
  spoil(json, random);
  if (random.chance(0.2)) {
    spoil(json, random);
  }
  return Json::to_cbor(json);
}

}  // namespace nram
