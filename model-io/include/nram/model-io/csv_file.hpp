#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nram/engine/modulus.hpp>

namespace nram {

/// A line of a CSV file: its fields as numbers.
struct CsvRow {
  std::size_t line = 0;                    ///< in the file, from 1 on
  std::vector<std::optional<Word>> cells;  ///< nothing = an empty field
  bool has_negative = false;  ///< some are below 0: signed numbers of 64 bits, two's complement
  bool has_large = false;     ///< some are above 2^63-1
};

/// The numbers of a CSV file's content. Fields are separated by commas, semicolons or tabs,
/// whichever comes first in the file, and may stand in double quotes and between blanks. The first
/// line is a heading, and left out, if none of its fields is a number or empty. Numbers are whole,
/// from -2^63 to 2^64-1; a fraction of zeros ("3.0", as pandas writes columns with gaps) is none.
/// Blank lines are skipped, and so are a byte order mark and CR before a line's end. `name` begins
/// every message. Throws Error(data), naming line and field, for anything else, and if there is no
/// row. O(size of the text).
std::vector<CsvRow> parse_csv(std::string_view text, const std::string& name);

/// parse_csv on a file (`-`: standard input). Throws Error(io) if it cannot be read.
std::vector<CsvRow> read_csv(const std::string& path);

}  // namespace nram
