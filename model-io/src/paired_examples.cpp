#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/csv_file.hpp>
#include <nram/model-io/example_file.hpp>
#include <nram/model-io/memory_io.hpp>
#include <nram/model-io/paired_examples.hpp>

namespace nram {
namespace {

constexpr std::size_t to_the_end = std::numeric_limits<std::size_t>::max();

// Memories of a file, of which some cells may be empty.
struct Sheet {
  std::string name;
  bool is_csv = false;
  std::vector<CsvRow> rows{};

  [[nodiscard]] std::string where(std::size_t row) const {
    return is_csv ? fmt::format("{}: line {}", name, rows[row].line)
                  : fmt::format("{}: memory {}", name, row + 1);
  }
};

bool is_named_csv(std::string_view path) {
  return path.ends_with(".csv") || path.ends_with(".tsv");
}

Sheet read_sheet(const std::string& path) {
  Sheet sheet{path, is_named_csv(path)};
  if (sheet.is_csv) {
    sheet.rows = read_csv(path);
    return sheet;
  }
  const Memories memories = read_memories(path);
  const ElementType type = memories.element_type();
  const bool is_signed = type == ElementType::i32 || type == ElementType::i64;
  const unsigned sign = cell_type_of(type) == CellType::u64 ? 63 : 31;
  const Word above = cell_type_of(type) == CellType::u64 ? 0 : ~Word{0} << 32U;
  for (std::size_t r = 0; r < memories.size(); ++r) {
    CsvRow& row = sheet.rows.emplace_back();
    row.cells.reserve(memories.cells(r));
    for (std::size_t cell = 0; cell < memories.cells(r); ++cell) {
      const Word value = memories.value(r, cell);
      const bool has_sign_bit = (value >> sign) != 0;
      const bool is_negative = is_signed && has_sign_bit;
      row.has_negative = row.has_negative || is_negative;
      row.has_large = row.has_large || (!is_signed && sign == 63 && has_sign_bit);
      row.cells.emplace_back(is_negative ? value | above : value);
    }
  }
  return sheet;
}

std::vector<Word> memory_of(const Sheet& sheet, std::size_t row) {
  std::vector<std::optional<Word>> cells = sheet.rows[row].cells;
  while (!cells.empty() && !cells.back()) {
    cells.pop_back();
  }
  std::vector<Word> memory;
  for (const std::optional<Word>& cell : cells) {
    if (!cell) {
      throw Error(ErrorKind::data,
                  fmt::format("{}: field {} is empty, but every cell holds a number before the "
                              "run; only fields at the end of a line may be left empty",
                              sheet.where(row), memory.size() + 1));
    }
    memory.push_back(*cell);
  }
  return memory;
}

Example paired(const Sheet& before, const Sheet& after, std::size_t row,
               const IgnoredCells& ignored) {
  Example example;
  example.memory = memory_of(before, row);
  std::vector<std::optional<Word>> expected = after.rows[row].cells;
  while (expected.size() > example.memory.size() && !expected.back()) {
    expected.pop_back();
  }
  if (after.is_csv && expected.size() < example.memory.size()) {
    expected.resize(example.memory.size());
  }
  if (expected.size() != example.memory.size()) {
    throw Error(
        ErrorKind::data,
        fmt::format("{} has {} cells, but {} has {}; a program changes cells and makes "
                    "none, so results need a place in the memory before (with 0 in it, say)",
                    after.where(row), expected.size(), before.where(row), example.memory.size()));
  }
  for (std::size_t cell = 0; cell < expected.size(); ++cell) {
    if (expected[cell] && ignored.contains(cell, *expected[cell])) {
      expected[cell] = std::nullopt;
    }
  }
  example.expected = std::move(expected);
  example.has_negative = before.rows[row].has_negative || after.rows[row].has_negative;
  if (example.has_negative && (before.rows[row].has_large || after.rows[row].has_large)) {
    throw Error(ErrorKind::data,
                fmt::format("{} and {}: some values are negative and others above 2^63-1; signed "
                            "numbers are from -2^63 to 2^63-1",
                            before.where(row), after.where(row)));
  }
  validate(example, after.where(row));
  return example;
}

}  // namespace

bool IgnoredCells::contains(std::size_t cell, Word after) const {
  return value == after || std::any_of(ranges.begin(), ranges.end(), [&](const Range& range) {
           return range.first <= cell && cell <= range.last;
         });
}

std::vector<IgnoredCells::Range> parse_cell_ranges(std::string_view text) {
  const std::string all(text);
  const auto number = [&](std::string_view digits) {
    std::size_t value = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc{} || stop != end) {
      throw Error(ErrorKind::usage,
                  fmt::format("\"{}\" does not say which cells; they are counted from 0 and given "
                              "as 0,3-5,8- (8- is cell 8 and all behind it)",
                              all));
    }
    return value;
  };
  std::vector<IgnoredCells::Range> ranges;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view item = text.substr(0, comma);
    const std::size_t dash = item.find('-');
    IgnoredCells::Range range;
    range.first = number(item.substr(0, dash));
    range.last = dash == std::string_view::npos ? range.first
                 : dash + 1 == item.size()      ? to_the_end
                                                : number(item.substr(dash + 1));
    if (range.last < range.first) {
      throw Error(ErrorKind::usage,
                  fmt::format("\"{}\": a range of cells begins with the lower one", all));
    }
    ranges.push_back(range);
    if (comma == std::string_view::npos) {
      return ranges;
    }
    text.remove_prefix(comma + 1);
  }
}

std::vector<Example> read_paired_examples(const std::string& before, const std::string& after,
                                          const IgnoredCells& ignored) {
  const Sheet from = read_sheet(before);
  const Sheet to = read_sheet(after);
  if (from.rows.size() != to.rows.size()) {
    throw Error(ErrorKind::data,
                fmt::format("{} holds {} memories, but {} holds {}; memory i after belongs to "
                            "memory i before",
                            before, from.rows.size(), after, to.rows.size()));
  }
  std::vector<Example> examples;
  examples.reserve(from.rows.size());
  for (std::size_t row = 0; row < from.rows.size(); ++row) {
    examples.push_back(paired(from, to, row, ignored));
  }
  return examples;
}

}  // namespace nram
