#include "number.hpp"

#include <charconv>

namespace nram::cli {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end) {
    return std::nullopt;
  }
  return value;
}

std::optional<std::uint64_t> parse_cell(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end) {
    return parse_number(text);
  }
  return static_cast<std::uint64_t>(value);
}

nlohmann::ordered_json json_number(Word value, Order order) {
  if (order == Order::signed_numbers) {
    return static_cast<std::int64_t>(value);
  }
  return value;
}

nlohmann::ordered_json json_numbers(std::span<const Word> values, Order order) {
  auto numbers = nlohmann::ordered_json::array();
  for (const Word value : values) {
    numbers.push_back(json_number(value, order));
  }
  return numbers;
}

std::string check_cell(const std::string& text) {
  return parse_cell(text) ? std::string() : "'" + text + "' is not a number from -2^63 to 2^64 - 1";
}

std::string check_number(const std::string& text) {
  return parse_number(text) ? std::string() : "'" + text + "' is not a number from 0 to 2^64 - 1";
}

}  // namespace nram::cli
