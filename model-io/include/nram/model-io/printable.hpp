#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nram {

/// A text from anywhere as one that a terminal only shows: control characters (line breaks, escape
/// sequences), characters that change the direction of what follows, and bytes that are not UTF-8
/// are written as `\n`, `\x1b`, `\u202e`. Every text of a file that goes into a message or listing
/// passes through here. O(size).
std::string printable(std::string_view text);

/// The same, of at most about `longest` bytes, with `...` for what is left out at the end.
std::string printable(std::string_view text, std::size_t longest);

/// As `printable`, but line breaks stay: for output of several lines.
std::string printable_lines(std::string_view text);

/// The longest part of a text that messages quote.
inline constexpr std::size_t longest_quote = 60;

}  // namespace nram
