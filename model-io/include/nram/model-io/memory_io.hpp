#pragma once

#include <string>

#include <nram/model-io/memories.hpp>

namespace nram {

/// Reads memories from a file (`-`: standard input): a `.npy` array if it begins as one or is named
/// `.npy`, text otherwise. Throws Error(io) if it cannot be read; Error(data) as read_npy and
/// read_memory_text.
Memories read_memories(const std::string& path);

/// Writes memories to a file that is replaced as a whole: an array if it is named `.npy`, a text if
/// `.txt` or without an extension, and to standard output (`-`). Throws Error(io); Error(usage) for
/// any other name (see memory_kind_of_name) and as write_npy.
void write_memories(const Memories& memories, const std::string& path);

}  // namespace nram
