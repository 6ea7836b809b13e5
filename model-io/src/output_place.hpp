#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <sys/stat.h>

namespace nram {

/// Where the content of a file that is written goes, all symbolic links followed, the last one even
/// if nothing is there yet.
struct OutputPlace {
  enum class Kind : std::uint8_t {
    descriptor,  ///< a file that is open already: `-`, /dev/stdout, /dev/fd/N
    special,     ///< a device, a pipe: opened and written to
    regular,     ///< a file to be replaced, or a new one
  };

  Kind kind = Kind::regular;
  int descriptor = -1;                    ///< which one; not owned
  std::string directory{};                ///< without links
  std::string name{};                     ///< in the directory
  std::optional<struct stat> existing{};  ///< what is there; of a descriptor, what it is open on

  [[nodiscard]] std::string path() const { return directory + "/" + name; }
};

/// Finds it. Throws std::system_error: no such directory, the path is a directory, too many links,
/// a descriptor that is closed or for reading only.
OutputPlace find_output_place(const std::string& path);

}  // namespace nram
