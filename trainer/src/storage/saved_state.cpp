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
  const Score score{exact_double(json.at(0)), exact_double(json.at(1)), exact_double(json.at(2))};
  const auto is_share = [](double value, double least) { return value >= least && value <= 1.0; };
  if (!is_share(score.accuracy, -1.0) || !is_share(score.stops, 0.0) ||
      !is_share(score.clean, 0.0)) {
    throw Error(ErrorKind::data, "a saved score is not one");
  }
  return score;
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
  if (bytes.size() % sizeof(float) != 0) {
    throw Error(ErrorKind::data, "saved parameters are cut off");
  }
  std::vector<float> values(bytes.size() / sizeof(float));
  if (!values.empty()) {
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  }
  return values;
}

Json to_json(const Random& random) { return random.state(); }

void restore(Random& random, const Json& json) {
  std::array<std::uint64_t, 4> state{};
  bool is_possible = json.size() == state.size();
  for (std::size_t i = 0; is_possible && i < state.size(); ++i) {
    state[i] = count_from(json.at(i), ~std::uint64_t{0});
  }
  is_possible = is_possible && state != std::array<std::uint64_t, 4>{};
  if (!is_possible) {
    throw Error(ErrorKind::data, "a saved random generator is in an impossible state");
  }
  random.restore(state);
}

Json exact(double value) { return std::bit_cast<std::uint64_t>(value); }

double exact_double(const Json& json) {
  return std::bit_cast<double>(count_from(json, ~std::uint64_t{0}));
}

std::uint64_t count_from(const Json& json, std::uint64_t most) {
  if (!json.is_number_unsigned() || json.get<std::uint64_t>() > most) {
    throw Error(ErrorKind::data, fmt::format("a saved number is not a whole one up to {}", most));
  }
  return json.get<std::uint64_t>();
}

AttemptStatus status_from(const Json& json) {
  return static_cast<AttemptStatus>(
      count_from(json, static_cast<std::uint64_t>(AttemptStatus::diverged)));
}

}  // namespace nram
