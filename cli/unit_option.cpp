#include "unit_option.hpp"

#include "number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include <nram/model-io/printable.hpp>

namespace nram::cli {
namespace {

struct TimeUnit {
  std::string_view name;
  double seconds;
};

// From the longest on: each may appear once, in this order.
constexpr std::array<TimeUnit, 5> time_units{
    {{"d", 86400.0}, {"h", 3600.0}, {"m", 60.0}, {"s", 1.0}, {"ms", 0.001}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::uint64_t scale_of(std::string_view suffix) {
  if (suffix == "k" || suffix == "K") {
    return 1000;
  }
  if (suffix == "M") {
    return 1'000'000;
  }
  return suffix == "G" ? 1'000'000'000 : 0;
}

std::optional<double> take_number(std::string_view& text) {
  double number = 0.0;
  if (text.empty() || !is_digit(text.front())) {
    return std::nullopt;
  }
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc()) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::string quoted_text(const std::string& text) {
  return "'" + printable(text, longest_quote) + "'";
}

}  // namespace

std::optional<std::uint64_t> parse_count(std::string_view text) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  constexpr std::uint64_t ten = 10;
  const std::size_t end = text.find_last_of("0123456789") + 1;  // 0 if there is none
  const std::string_view suffix = text.substr(end);
  std::uint64_t scale = suffix.empty() ? 1 : scale_of(suffix);
  const std::string_view digits = text.substr(0, end);
  const std::size_t point = std::min(digits.find('.'), end);
  const auto whole = parse_number(digits.substr(0, point));
  if (scale == 0 || !whole || *whole > most / scale) {
    return std::nullopt;
  }
  std::uint64_t count = *whole * scale;
  for (const char c : digits.substr(std::min(point + 1, end))) {
    if (!is_digit(c) || scale % ten != 0) {
      return std::nullopt;
    }
    scale /= ten;
    const std::uint64_t more = static_cast<std::uint64_t>(c - '0') * scale;
    if (more > most - count) {
      return std::nullopt;
    }
    count += more;
  }
  return count;
}

std::optional<double> parse_duration(std::string_view text) {
  double seconds = 0.0;
  bool is_first = true;
  const auto* next = time_units.begin();
  do {
    const std::optional<double> number = take_number(text);
    if (!number) {
      return std::nullopt;
    }
    const std::string_view name = text.substr(0, text.find_first_of("0123456789"));
    if (is_first && name.empty()) {  // seconds, without a unit
      return text.empty() ? number : std::nullopt;
    }
    while (next != time_units.end() && next->name != name) {
      ++next;
    }
    if (next == time_units.end()) {
      return std::nullopt;
    }
    seconds += *number * next->seconds;
    ++next;
    text.remove_prefix(name.size());
    is_first = false;
  } while (!text.empty());
  return seconds;
}

CLI::Option* take_count(CLI::Option* option) {
  return option->type_name("N")->transform(CLI::Validator(
      [](std::string& text) {
        const auto count = parse_count(text);
        if (!count) {
          return quoted_text(text) + " is not a whole number, as 20000, 20k, 1.5M or 2G";
        }
        text = std::to_string(*count);
        return std::string();
      },
      ""));
}

CLI::Option* take_duration(CLI::Option* option) {
  return option->type_name("TIME")->transform(CLI::Validator(
      [](std::string& text) {
        const auto seconds = parse_duration(text);
        if (!seconds) {
          return quoted_text(text) + " is not a time: seconds, or as 90s, 5m, 1h30m, 500ms";
        }
        text = fmt::format("{}", *seconds);
        return std::string();
      },
      ""));
}

}  // namespace nram::cli
