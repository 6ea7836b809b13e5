#pragma once

#include <optional>
#include <string_view>

namespace nram {

/// The mark that some editors put in front of UTF-8.
inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// The lines of a text, however they end: with \n, \r\n or \r alone. A byte order mark at the start
/// is no part of the first one.
class Lines {
 public:
  explicit Lines(std::string_view text);

  /// The next line without its end; nothing after the last one.
  std::optional<std::string_view> next();

 private:
  std::string_view rest_;
};

}  // namespace nram
