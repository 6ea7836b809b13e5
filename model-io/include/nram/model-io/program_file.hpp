#pragma once

#include <string>
#include <string_view>

#include <nram/engine/program.hpp>

namespace nram {

/// Program files: JSON that a person can read and edit (docs/formats.md, docs/program.schema.json).
///
/// A program read from text that program_text wrote is written as the same bytes again. The names
/// of circuits are for the file only: they become c0, c1, ... in the order of the circuits.

/// The largest program file that is read.
inline constexpr std::size_t max_program_bytes = std::size_t{64} << 20U;

/// The program that `text` describes; `name` (the file's) begins every message.
///
/// Throws Error(data), naming line and column of what is not JSON, and the path (for example
/// `circuits[3].arguments.ADD[1]`) of what is not a program: a key unknown, missing or there twice,
/// a wrong type, a module that is not in `table`, a source that does not exist or runs later, rules
/// that do not cover every case or never apply. O(size of the text).
Program parse_program(std::string_view text, const std::string& name,
                      const ModuleTable& table = ModuleTable::standard());

/// The program as a file has it. Throws Error(data) if the metadata is not UTF-8.
std::string program_text(const Program& program);

/// parse_program on a file (`-`: standard input). Throws Error(io) if it cannot be read.
Program read_program(const std::string& path, const ModuleTable& table = ModuleTable::standard());

/// Writes program_text to a file (`-`: standard output) that is replaced as a whole. Throws
/// Error(io).
void write_program(const Program& program, const std::string& path);

}  // namespace nram
