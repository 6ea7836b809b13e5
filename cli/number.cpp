#include "number.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

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

nlohmann::ordered_json json_number(Word value, Order order, Modulus modulus) {
  if (order == Order::signed_numbers && is_negative(value, modulus)) {
    return static_cast<std::int64_t>(value - modulus.value());
  }
  return value;
}

nlohmann::ordered_json json_numbers(std::span<const Word> values, Order order, Modulus modulus) {
  auto numbers = nlohmann::ordered_json::array();
  for (const Word value : values) {
    numbers.push_back(json_number(value, order, modulus));
  }
  return numbers;
}

std::string cells_text(std::size_t count, std::size_t most,
                       const std::function<std::string(std::size_t)>& text_of) {
  std::string text;
  for (std::size_t cell = 0; cell < std::min(count, most); ++cell) {
    text += (cell == 0 ? "" : " ") + text_of(cell);
  }
  return count > most ? fmt::format("{} ... ({} cells)", text, count) : text;
}

std::string check_cell(const std::string& text) {
  return parse_cell(text) ? std::string() : "'" + text + "' is not a number from -2^63 to 2^64 - 1";
}

std::string check_number(const std::string& text) {
  return parse_number(text) ? std::string() : "'" + text + "' is not a number from 0 to 2^64 - 1";
}

}  // namespace nram::cli
