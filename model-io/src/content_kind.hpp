#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace nram {

class InputFile;

/// What a file is by how it begins, whatever its name.
enum class ContentKind : std::uint8_t {
  unknown,
  model,
  program,
  examples,
  array,
  checkpoint,
  foreign,  ///< a known kind of file that nram does not read: zip, gzip, HDF5, UTF-16...
};

struct Content {
  ContentKind kind = ContentKind::unknown;
  std::string_view name{};    ///< "a model", "a zip archive"...
  std::string_view advice{};  ///< what to do with it; may be empty
};

/// As many bytes are looked at: enough for the first keys of everything that nram writes.
constexpr std::size_t head_size = 512;

/// What content that begins like this is.
Content content_of(std::string_view head);

/// Throws Error(data), saying what the file is and what takes it, if it is known to be none of
/// `wanted`; `what` says of those ("a model (.safetensors)"). Reads nothing but the beginning.
void require_content(InputFile& file, std::initializer_list<ContentKind> wanted,
                     std::string_view what);

}  // namespace nram
