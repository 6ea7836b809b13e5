#include "lines.hpp"

#include <algorithm>

namespace nram {

Lines::Lines(std::string_view text) : rest_(text) {
  if (rest_.starts_with(byte_order_mark)) {
    rest_.remove_prefix(byte_order_mark.size());
  }
}

std::optional<std::string_view> Lines::next() {
  if (rest_.empty()) {
    return std::nullopt;
  }
  // Lines may be gigabytes long, so both ends are looked for only as far as the line goes.
  const auto* const end =
      std::find_if(rest_.begin(), rest_.end(), [](char c) { return c == '\n' || c == '\r'; });
  const auto size = static_cast<std::size_t>(end - rest_.begin());
  const std::string_view line = rest_.substr(0, size);
  rest_.remove_prefix(size);
  const std::size_t ending = rest_.starts_with("\r\n") ? 2 : 1;
  rest_.remove_prefix(std::min(ending, rest_.size()));
  return line;
}

}  // namespace nram
