#pragma once

#include <string>
#include <string_view>

namespace nram::fuzz {

/// A file without a disk, for readers that want a path.
class MemoryFile {
 public:
  /// Throws std::system_error.
  explicit MemoryFile(std::string_view bytes);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  int descriptor_;
  std::string path_;
};

}  // namespace nram::fuzz
