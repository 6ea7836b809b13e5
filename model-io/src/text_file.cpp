#include "content_kind.hpp"
#include "input_file.hpp"
#include "lines.hpp"
#include "memory_readers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/atomic_file.hpp>
#include <nram/model-io/printable.hpp>
#include <nram/model-io/text_file.hpp>

namespace nram {
namespace {

constexpr std::uint64_t max_file_bytes = std::uint64_t{64} << 30U;

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Calls the function with every line, without its comment, and the line's number.
template <typename Function>
void for_each_line(std::string_view text, Function function) {
  std::size_t number = 0;
  Lines lines(text);
  while (const auto line = lines.next()) {
    function(line->substr(0, line->find('#')), ++number);
  }
}

// The number of pieces between blanks.
std::size_t count_pieces(std::string_view line) {
  std::size_t count = 0;
  bool after_blank = true;
  for (const char c : line) {
    const bool blank = is_blank(c);
    count += static_cast<std::size_t>(after_blank && !blank);
    after_blank = blank;
  }
  return count;
}

// What keeps `spelling` from being a number of a memory.
std::string complaint(std::string_view spelling, std::errc error) {
  const std::string shown = printable(spelling, longest_quote);
  if (error == std::errc::result_out_of_range) {
    return spelling.front() == '-'
               ? fmt::format("{} is below -2^63, the smallest value of a cell", shown)
               : fmt::format("{} is above 2^64-1, the largest value of a cell", shown);
  }
  return fmt::format("\"{}\" is not a decimal integer; numbers are separated by blanks", shown);
}

}  // namespace

Memories parse_memory_text(std::string_view text, const std::string& name) {
  // Counted first, so that the cells are allocated once and exactly.
  std::vector<std::size_t> lengths;
  for_each_line(text, [&](std::string_view line, std::size_t) {
    if (const std::size_t count = count_pieces(line); count > 0) {
      lengths.push_back(count);
    }
  });
  if (lengths.empty()) {
    throw Error(ErrorKind::data,
                fmt::format("{}: there is no memory in it; one is a line of integers", name));
  }
  // Known from the first one on: whether numbers are signed does not change how cells are kept.
  bool has_negative = false;
  std::optional<std::string> large;  // the place of one that is no signed number
  Memories memories = Memories::ragged(lengths);
  auto* cell = reinterpret_cast<Word*>(memories.bytes().data());
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    const char* next = line.data();
    const char* const last = next + line.size();
    for (;;) {
      next = std::find_if_not(next, last, is_blank);
      if (next == last) {
        return;
      }
      const bool is_negative = *next == '-';
      std::int64_t below_zero = 0;
      const auto [end, error] = is_negative ? std::from_chars(next, last, below_zero)
                                            : std::from_chars(next, last, *cell);
      if (is_negative) {
        *cell = static_cast<Word>(below_zero);
        has_negative = has_negative || below_zero < 0;
      } else if (*cell > std::numeric_limits<Word>::max() / 2 && !large) {
        large = fmt::format("line {}, column {}", number, next - line.data() + 1);
      }
      if (error != std::errc{} || (end != last && !is_blank(*end))) {
        const std::string_view spelling(next, std::find_if(next, last, is_blank));
        const bool all_digits = end == spelling.data() + spelling.size();
        throw Error(ErrorKind::data,
                    fmt::format("{}: line {}, column {}: {}", name, number, next - line.data() + 1,
                                complaint(spelling, all_digits ? error : std::errc{})));
      }
      ++cell;
      next = end;
    }
  });
  if (has_negative && large) {
    throw Error(ErrorKind::data,
                fmt::format("{}: {}: the number is above 2^63-1, but others are negative; signed "
                            "numbers are from -2^63 to 2^63-1",
                            name, *large));
  }
  if (has_negative) {
    memories.take_as_signed();
  }
  return memories;
}

Memories read_memory_text(InputFile& file) {
  require_content(file, {}, "a text of integers");
  return parse_memory_text(file.read_all(max_file_bytes, "a text of memories"), file.name());
}

Memories read_memory_text(const std::string& path) {
  InputFile file(path);
  return read_memory_text(file);
}

void write_memory_text(const Memories& memories, const std::string& path) {
  AtomicFile file(path);
  constexpr std::size_t chunk = std::size_t{1} << 20U;
  std::array<char, 24> digits{};
  std::string text;
  for (std::size_t row = 0; row < memories.size(); ++row) {
    for (std::size_t cell = 0; cell < memories.cells(row); ++cell) {
      char* const first = digits.data();
      char* const last = first + digits.size();
      const auto [end, error] = is_signed(memories.element_type())
                                    ? std::to_chars(first, last, memories.signed_value(row, cell))
                                    : std::to_chars(first, last, memories.value(row, cell));
      static_cast<void>(error);  // 20 digits and a sign always fit
      if (cell > 0) {
        text += ' ';
      }
      text.append(digits.data(), end);
      if (text.size() >= chunk) {
        file.write(text);
        text.clear();
      }
    }
    text += '\n';
  }
  file.write(text);
  file.commit();
}

}  // namespace nram
