#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nram/model-io/example.hpp>

namespace nram {

/// Files of examples: JSON Lines, one object a line (docs/formats.md):
///
///     {"memory":[2,5,6,7],"expected":[7,null,null,null]}
///
/// `null` marks a cell that does not count; "registers" and "steps" may follow. Values are from 0
/// to 2^64-1 or, in an example with a negative one, from -2^63 to 2^63-1. Examples read from text
/// that examples_text wrote are written as the same bytes again.

/// The longest line that is read.
inline constexpr std::size_t max_example_line_bytes = std::size_t{16} << 20U;

/// Throws Error(data) unless `expected` is as long as `memory`, at least one cell counts, there are
/// at most Machine::max_registers registers, and the budget of steps, if there is one, is not 0.
/// `where` begins the message.
void validate(const Example& example, const std::string& where);

/// The examples of a file's content, in order; empty lines are skipped. `name` begins every
/// message. Lines end with \n, \r\n or \r. Throws Error(data), naming the line, for everything that
/// is not an example as `validate` has it: no JSON, keys unknown, missing or there twice, numbers
/// that are fractions or out of range (-0 and 1.0 are whole numbers, as in JSON Schema).
/// Also if there is no example at all. O(size of the text).
std::vector<Example> parse_examples(std::string_view text, const std::string& name);

/// Examples that know where they stand in their file.
struct ExampleFile {
  std::string name;                ///< of the file, or "standard input"
  std::vector<Example> examples;   ///< in the order of the file
  std::vector<std::size_t> lines;  ///< of each example, from 1

  /// "mine.jsonl: line 3": how a message about example `i` begins. Precondition: it exists.
  [[nodiscard]] std::string where(std::size_t i) const;
  /// Throws Error(data), naming file and line, for the first example that gives values to more
  /// registers than a machine has.
  void require_registers(unsigned registers) const;
};

/// parse_examples and read_examples for who wants to say later which line is at fault.
ExampleFile parse_example_file(std::string_view text, const std::string& name);
ExampleFile read_example_file(const std::string& path);

/// The examples as a file has them. Throws Error(data) if one is not valid.
std::string examples_text(std::span<const Example> examples);

/// parse_examples on a file (`-`: standard input). Throws Error(io) if it cannot be read.
std::vector<Example> read_examples(const std::string& path);

/// Writes examples_text to a file (`-`: standard output) that is replaced as a whole. Throws
/// Error(io).
void write_examples(std::span<const Example> examples, const std::string& path);

}  // namespace nram
