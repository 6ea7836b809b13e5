#include "storage/saved_state.hpp"

#include <array>
#include <bit>
#include <cstring>

#include <fmt/format.h>

#include <nram/engine/error.hpp>

namespace nram {

Json to_json(const Score& score) {
  return {exact(score.accuracy), exact(score.stops), exact(score.clean)};
}

Score score_from(const Json& json) {
  return {exact_double(json.at(0)), exact_double(json.at(1)), exact_double(json.at(2))};
}

Json to_json(const std::vector<float>& values) {
  std::vector<std::uint8_t> bytes(values.size() * sizeof(float));
  if (!bytes.empty()) {
    std::memcpy(bytes.data(), values.data(), bytes.size());
  }
  return Json::binary(std::move(bytes));
}

std::vector<float> floats_from(const Json& json) {
  const auto& bytes = json.get_binary();
  std::vector<float> values(bytes.size() / sizeof(float));
  if (!values.empty()) {
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  }
  return values;
}

Json to_json(const Random& random) { return random.state(); }

void restore(Random& random, const Json& json) {
  random.restore(json.get<std::array<std::uint64_t, 4>>());
}

Json exact(double value) { return std::bit_cast<std::uint64_t>(value); }

double exact_double(const Json& json) { return std::bit_cast<double>(json.get<std::uint64_t>()); }

AttemptStatus status_from(const Json& json) {
  const auto status = json.get<unsigned>();
  if (status > static_cast<unsigned>(AttemptStatus::diverged)) {
    throw Error(ErrorKind::data, fmt::format("a saved attempt has the unknown status {}", status));
  }
  return static_cast<AttemptStatus>(status);
}

}  // namespace nram
