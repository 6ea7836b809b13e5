#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include <nram/model-io/printable.hpp>

namespace nram {
namespace {

struct Character {
  std::uint32_t code = 0;
  std::size_t bytes = 0;  // 0 if this is not UTF-8
};

// The character that a text, which is not empty, begins with.
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return static_cast<unsigned char>(text[i]);
  };
  struct Form {
    std::uint32_t mask;
    std::uint32_t lead;
    std::uint32_t smallest;  // that needs so many bytes
  };
  static constexpr Form forms[] = {
      {0x80, 0x00, 0}, {0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};
  std::size_t bytes = 0;
  for (const auto& [mask, lead, smallest] : forms) {
    ++bytes;
    if ((byte(0) & mask) != lead || bytes > text.size()) {
      continue;
    }
    std::uint32_t code = byte(0) & ~mask;
    bool whole = true;
    for (std::size_t i = 1; i < bytes; ++i) {
      whole = whole && (byte(i) & 0xC0U) == 0x80;
      code = (code << 6U) | (byte(i) & 0x3FU);
    }
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    const bool valid = whole && code >= smallest && code <= 0x10FFFF && !surrogate;
    return {code, valid ? bytes : 0};
  }
  return {};
}

// Characters that do something to a terminal, or to the reading order, instead of being seen.
bool is_control(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x061C ||
         (code >= 0x200E && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

std::string escaped(std::uint32_t code) {
  switch (code) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return code < 0x80 ? fmt::format("\\x{:02x}", code) : fmt::format("\\u{:04x}", code);
  }
}

std::string made_printable(std::string_view text, std::size_t longest, bool keep_lines) {
  std::string shown;
  shown.reserve(std::min(text.size(), longest));
  while (!text.empty()) {
    if (shown.size() >= longest) {
      return shown + "...";
    }
    const Character character = first_character(text);
    if (character.bytes == 0) {
      shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    } else if (is_control(character.code) && !(keep_lines && character.code == '\n')) {
      shown += escaped(character.code);
    } else {
      shown += text.substr(0, character.bytes);
    }
    text.remove_prefix(std::max<std::size_t>(1, character.bytes));
  }
  return shown;
}

}  // namespace

std::string printable(std::string_view text) {
  return made_printable(text, std::string::npos, false);
}

std::string printable(std::string_view text, std::size_t longest) {
  return made_printable(text, longest, false);
}

std::string printable_lines(std::string_view text) {
  return made_printable(text, std::string::npos, true);
}

}  // namespace nram
