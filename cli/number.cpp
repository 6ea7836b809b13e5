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

std::string check_number(const std::string& text) {
  return parse_number(text) ? std::string() : "'" + text + "' is not a number from 0 to 2^64 - 1";
}

}  // namespace nram::cli
