#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nram/model-io/example.hpp>

namespace nram {

/// Cells of a memory that do not count.
struct IgnoredCells {
  struct Range {
    std::size_t first = 0;
    std::size_t last = 0;  ///< with it; the largest number: to the end
  };
  std::vector<Range> ranges{};
  std::optional<Word> value{};  ///< and those that hold this after the run

  [[nodiscard]] bool contains(std::size_t cell, Word after) const;
};

/// Cells from 0 on, as "0,3-5,8-": 0, 3 to 5, 8 and all behind it. Throws Error(usage) for anything
/// else.
std::vector<IgnoredCells::Range> parse_cell_ranges(std::string_view text);

/// Examples from two files, one with memories before the run and one with the same after it: arrays
/// (.npy), text (one memory a line) or CSV (named .csv or .tsv). Memory i of both is example i. In
/// a CSV file, empty fields at the end of a line before are cells that do not exist, and an empty
/// field after is a cell that does not count. Throws Error(io) if a file cannot be read,
/// Error(data) as read_memories and read_csv, if an example has values below 0 and above 2^63-1, or
/// if the two differ in the number of memories or cells, a cell before is empty, or no cell of an
/// example counts; the message names file and line or row.
std::vector<Example> read_paired_examples(const std::string& before, const std::string& after,
                                          const IgnoredCells& ignored);

}  // namespace nram
