#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nram {

/// The kinds of files that nram writes.
enum class FileKind : std::uint8_t {
  model,
  program,
  examples,
  array,
  memory_text,
  object,
  page,
  c_source,
  python_source,
};

/// "a model", "an array"...
std::string_view name_of(FileKind kind);

/// How files of a kind are named: ".safetensors", ".npy"...
std::string_view extension_of(FileKind kind);

/// What a file is known to be by how it begins, whatever its name: "a model", "a zip archive"...;
/// empty if that is not known. Reads nothing but the beginning. Throws Error(io) if it cannot.
std::string_view name_of_content(const std::string& path);

/// Throws Error(usage) if a file of this kind must not have that name, since it is the name of
/// another kind or of none: an array is named .npy and nothing else; what is written as text
/// (memories, examples) .txt or .jsonl, or has no extension; models and programs may have any that
/// is not another kind's. `-`, and what is in /dev and /proc, may be anything.
void require_name_for(FileKind kind, const std::string& path);

/// The kind that memories are written as: an array if the name ends in .npy, a text if it ends in
/// .txt or has no extension. Throws Error(usage) for every other name.
FileKind memory_kind_of_name(const std::string& path);

}  // namespace nram
