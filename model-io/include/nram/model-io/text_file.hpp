#pragma once

#include <string>
#include <string_view>

#include <nram/model-io/memories.hpp>

namespace nram {

/// Memories as text: one memory a line, decimal integers separated by blanks: from 0 to 2^64-1 or,
/// if one is negative, from -2^63 to 2^63-1; elements are int64 then.
/// `#` begins a comment that ends with the line; lines without a number are skipped. Lines end with
/// \n, \r\n or \r; a byte order mark at the start is skipped. Cells have 64 bits. Lines may be of
/// different lengths.

/// The memories of a text; `name` (the file's) begins every message. Throws Error(data), naming
/// line and column, for anything that is not such a number; also if
/// there is no memory at all. O(size of the text).
Memories parse_memory_text(std::string_view text, const std::string& name);

/// parse_memory_text on a file (`-`: standard input). Throws Error(io) if it cannot be read.
Memories read_memory_text(const std::string& path);

/// Writes one memory a line, numbers separated by single blanks, to a file (`-`: standard output)
/// that is replaced as a whole. Throws Error(io).
void write_memory_text(const Memories& memories, const std::string& path);

}  // namespace nram
