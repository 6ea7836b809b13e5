#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace nram {

/// Writes a file so that readers see the old content or the whole new one, never half of it.
///
/// The data goes to a temporary file beside the target (`.nram-*.tmp`); commit() makes it durable
/// (fsync) and renames it onto the target. Until then, and after any failure, the target is as it
/// was. Symbolic links are followed, also those that lead to no file yet. Of a file that exists,
/// owner, group and permissions are kept where that is allowed; without its owner a file loses the
/// set-user-ID bit. What killed processes have left in the directory is removed.
///
/// A file that cannot be replaced (its directory is read-only for this user, it is a mount point,
/// it belongs to somebody else in a directory like /tmp) is overwritten by commit(), from a
/// temporary file elsewhere and only if there is space for all of it. What is no file is written to
/// directly: `-` and /dev/stdout, /dev/fd/N (what they are open on, at its present position),
/// devices, pipes.
///
/// Nothing is buffered: hand over large pieces.
class AtomicFile {
 public:
  /// Throws Error(io) if the file cannot be written there.
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
  void open_beside(const std::string& directory, bool replaceable);
  void take_over_owner_and_mode();
  void replace_target();
  void overwrite_target();
  void discard() noexcept;
  [[noreturn]] void fail(const char* action, int error, const char* advice = "");

  std::string name_;        // as in messages
  std::string target_;      // name of the file in directory_
  std::string temporary_;   // name in directory_; empty when there is none
  int directory_ = -1;      // open if target_ is a regular file
  int file_ = -1;           // what is written to
  int overwritten_ = -1;    // the target, if it cannot be replaced
  unsigned old_owner_ = 0;  // of the target, if it exists
  unsigned old_group_ = 0;
  unsigned old_mode_ = 0;
};

/// AtomicFile for content that is at hand as a whole.
void write_file(const std::string& path, std::string_view content);

/// Throws Error(io) if AtomicFile cannot write there: to be asked before the work whose result is
/// to be written. Leaves nothing behind and does not open pipes.
void require_writable(const std::string& path);

/// Whether a file written there is a file of that name; false for standard output, devices, pipes.
/// Throws Error(io) as require_writable.
bool is_regular_output(const std::string& path);

/// Whether writing to `output` would change `other`, which is read or written, too: the same file,
/// by whatever name (hard link, symbolic link, /dev/fd/N). `-` is standard output as `output` and
/// standard input as `other`. Only what is stored counts: terminals and pipes are never the same.
bool is_same_file(const std::string& output, const std::string& other);

}  // namespace nram
