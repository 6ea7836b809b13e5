#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace nram {

/// Writes a file so that readers see the old content or the whole new one, never half of it.
///
/// The data goes to a temporary file beside the target; commit() makes it durable (fsync) and
/// renames it onto the target. Until then, and after any failure, the target is as it was. A
/// symbolic link is followed; an existing file's permissions are kept. Targets that cannot be
/// replaced (`-` for standard output, devices, pipes) are written to directly.
///
/// Nothing is buffered: hand over large pieces.
class AtomicFile {
 public:
  /// Throws Error(io) if the file cannot be created there.
  explicit AtomicFile(const std::string& path);
  /// Removes the temporary file unless commit() succeeded.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Appends bytes. Throws Error(io), e.g. when the disk is full; the file is then of no more use.
  void write(std::span<const std::byte> bytes);
  void write(std::string_view text);

  /// Puts the new content in place; nothing can be written afterwards. Throws Error(io).
  void commit();

 private:
  void discard() noexcept;
  [[noreturn]] void fail(const char* action, int error) const;

  std::string name_;       // as in messages
  std::string target_;     // where the content goes, symbolic links resolved
  std::string temporary_;  // empty when written directly
  int file_ = -1;
};

/// AtomicFile for content that is at hand as a whole.
void write_file(const std::string& path, std::string_view content);

}  // namespace nram
