#include "content_kind.hpp"
#include "input_file.hpp"
#include "memory_readers.hpp"
#include "npy_header.hpp"

#include <nram/model-io/array_file.hpp>
#include <nram/model-io/file_kind.hpp>
#include <nram/model-io/memory_io.hpp>
#include <nram/model-io/text_file.hpp>

namespace nram {
namespace {

bool is_named_npy(const std::string& path) {
  const std::string_view extension = extension_of(FileKind::array);
  return path.size() > extension.size() && path.ends_with(extension);
}

}  // namespace

Memories read_memories(const std::string& path) {
  InputFile file(path);
  require_content(file, {ContentKind::array}, "a memory (.npy, or a text of integers)");
  const bool is_array = is_named_npy(path) || file.peek(npy_magic.size()) == npy_magic;
  return is_array ? read_npy(file) : read_memory_text(file);
}

void write_memories(const Memories& memories, const std::string& path) {
  if (memory_kind_of_name(path) == FileKind::array) {
    write_npy(memories, path);
  } else {
    write_memory_text(memories, path);
  }
}

}  // namespace nram
