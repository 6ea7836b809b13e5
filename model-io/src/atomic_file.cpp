#include "output_place.hpp"
#include "temporary_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/atomic_file.hpp>

namespace nram {
namespace {

using PlaceKind = OutputPlace::Kind;

std::string shown_name(const std::string& path) { return path == "-" ? "standard output" : path; }

[[noreturn]] void fail_output(const std::string& name, const char* action, int error,
                              const char* advice = "") {
  throw Error(
      ErrorKind::io,
      fmt::format("{}: cannot {} the file: {}{}{}", name, action, std::strerror(error),
                  error == ENOSPC ? "; free some space or choose another place" : "", advice));
}

OutputPlace place_of(const std::string& path) {
  try {
    return find_output_place(path);
  } catch (const std::system_error& error) {
    const int code = error.code().value();
    fail_output(shown_name(path), code == EISDIR ? "write" : "create", code);
  }
}

// Whether a rename onto the file is of no use: it is a mount point, or in a directory where only
// the owner may take a file away.
bool is_pinned(const OutputPlace& place) {
  struct statx extended {};
  if (::statx(AT_FDCWD, place.path().c_str(), AT_SYMLINK_NOFOLLOW, 0, &extended) == 0 &&
      (extended.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0) {
    return true;
  }
  struct stat directory {};
  const uid_t user = ::geteuid();
  return user != 0 && ::stat(place.directory.c_str(), &directory) == 0 &&
         (directory.st_mode & S_ISVTX) != 0 && directory.st_uid != user &&
         place.existing->st_uid != user;
}

// Nobody can write to such a file, but a temporary file beside it could be made.
bool is_immutable(const OutputPlace& place) {
  constexpr auto fixed = STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND;
  struct statx extended {};
  return ::statx(AT_FDCWD, place.path().c_str(), AT_SYMLINK_NOFOLLOW, 0, &extended) == 0 &&
         (extended.stx_attributes & fixed) != 0;
}

// Linux writes at most 2 GiB at once anyway.
constexpr std::size_t largest_write = std::size_t{1} << 30U;

// Writes all of it; returns the error, or 0.
int write_all(int file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), std::min(bytes.size(), largest_write));
    if (written >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {  // a pipe that somebody has told not to wait
      pollfd full{file, POLLOUT, 0};
      ::poll(&full, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

// Copies all of a file over another one; returns the error, or 0.
int copy_all(int from, int to) {
  if (::lseek(from, 0, SEEK_SET) != 0 || ::lseek(to, 0, SEEK_SET) != 0) {
    return errno;
  }
  std::vector<std::byte> buffer(std::size_t{1} << 20U);
  for (;;) {
    const ssize_t got = ::read(from, buffer.data(), buffer.size());
    if (got == 0) {
      return 0;
    }
    if (got < 0 && errno != EINTR) {
      return errno;
    }
    const auto bytes = std::span(buffer).first(static_cast<std::size_t>(std::max<ssize_t>(0, got)));
    if (const int error = write_all(to, bytes)) {
      return error;
    }
  }
}

}  // namespace

AtomicFile::AtomicFile(const std::string& path) : name_(shown_name(path)) {
  const OutputPlace place = place_of(path);
  if (place.kind == PlaceKind::descriptor) {
    file_ = ::fcntl(place.descriptor, F_DUPFD_CLOEXEC, 0);
  } else if (place.kind == PlaceKind::special) {
    file_ = ::open(place.path().c_str(), O_WRONLY | O_CLOEXEC);
  } else {
    target_ = place.name;
    if (place.existing) {
      old_owner_ = place.existing->st_uid;
      old_group_ = place.existing->st_gid;
      old_mode_ = place.existing->st_mode;
      if (is_immutable(place)) {
        fail("write", EPERM, "; it is marked as one that must not change (lsattr)");
      }
    }
    open_beside(place.directory, !place.existing || !is_pinned(place));
    return;
  }
  if (file_ < 0) {
    fail("open", errno);
  }
}

AtomicFile::~AtomicFile() { discard(); }

void AtomicFile::open_beside(const std::string& directory, bool replaceable) {
  const bool exists = old_mode_ != 0;
  directory_ = ::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory_ < 0) {
    fail("create", errno);
  }
  if (replaceable) {
    remove_leftovers(directory_);
    // Nobody else reads it before it has the old file's permissions.
    const FileBeside beside = create_temporary(directory_, exists ? 0600 : 0666);
    if (beside.file >= 0) {
      file_ = beside.file;
      temporary_ = beside.name;
      if (exists) {
        take_over_owner_and_mode();
      }
      return;
    }
    const bool forbidden = errno == EACCES || errno == EPERM || errno == EROFS;
    if (!exists || !forbidden) {
      fail("create", errno);
    }
  }
  overwritten_ = ::openat(directory_, target_.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
  if (overwritten_ < 0) {
    fail("write", errno);
  }
  file_ = create_nameless();
  if (file_ < 0) {
    fail("create a temporary copy of", errno);
  }
}

// Failing to keep them is no reason to lose the content; but nobody gets more rights by it.
void AtomicFile::take_over_owner_and_mode() {
  struct stat now {};
  if (::fstat(file_, &now) != 0) {
    return;
  }
  if (now.st_uid != old_owner_ || now.st_gid != old_group_) {
    if (::fchown(file_, old_owner_, old_group_) != 0 &&
        ::fchown(file_, static_cast<uid_t>(-1), old_group_) != 0) {
      errno = 0;  // the file is this user's then
    }
    ::fstat(file_, &now);
  }
  constexpr unsigned permissions = 0777;
  unsigned mode = old_mode_ & permissions;
  if (now.st_uid == old_owner_) {
    mode |= old_mode_ & S_ISUID;
  }
  if (now.st_gid == old_group_) {
    mode |= old_mode_ & S_ISGID;
  } else {
    mode = (mode & ~unsigned{S_IRWXG}) | (mode & ((mode & S_IRWXO) << 3U));
  }
  [[maybe_unused]] const int ignored = ::fchmod(file_, mode);
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  if (const int error = write_all(file_, bytes)) {
    fail("write", error);
  }
}

void AtomicFile::write(std::string_view text) {
  write(std::as_bytes(std::span(text.data(), text.size())));
}

void AtomicFile::commit() {
  if (!temporary_.empty()) {
    replace_target();
  } else if (overwritten_ >= 0) {
    overwrite_target();
  }
  const int closed = ::close(file_);
  file_ = -1;
  if (closed != 0) {
    fail("write", errno);
  }
  discard();
}

void AtomicFile::replace_target() {
  if (::fsync(file_) != 0) {
    fail("write", errno);
  }
  if (::renameat(directory_, temporary_.c_str(), directory_, target_.c_str()) != 0) {
    const int error = errno;
    // What a file system forbids for reasons of its own.
    if (error == EBUSY || error == EXDEV || error == EPERM || error == EACCES) {
      overwritten_ = ::openat(directory_, target_.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    }
    if (overwritten_ < 0) {
      fail("replace", error);
    }
    overwrite_target();
    return;
  }
  temporary_.clear();
  // The rename itself survives a power cut only once the directory is on disk; a file system that
  // cannot do this is no reason to report a failure.
  const int readable = ::openat(directory_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (readable >= 0) {
    ::fsync(readable);
    ::close(readable);
  }
}

void AtomicFile::overwrite_target() {
  struct stat status {};
  if (::fstat(file_, &status) != 0) {
    fail("write", errno);
  }
  // The space is reserved before the first byte changes, where the file system can do that.
  if (status.st_size > 0 &&
      ::fallocate(overwritten_, FALLOC_FL_KEEP_SIZE, 0, status.st_size) != 0 &&
      (errno == ENOSPC || errno == EDQUOT)) {
    fail("write", errno);
  }
  int error = copy_all(file_, overwritten_);
  if (error == 0 &&
      (::ftruncate(overwritten_, status.st_size) != 0 || ::fsync(overwritten_) != 0)) {
    error = errno;
  }
  if (error != 0) {
    fail("write", error, "; its old content is overwritten in part");
  }
}

void AtomicFile::discard() noexcept {
  if (!temporary_.empty()) {
    ::unlinkat(directory_, temporary_.c_str(), 0);
    temporary_.clear();
  }
  for (int* const descriptor : {&file_, &overwritten_, &directory_}) {
    if (*descriptor >= 0) {
      ::close(*descriptor);
      *descriptor = -1;
    }
  }
}

void AtomicFile::fail(const char* action, int error, const char* advice) {
  discard();
  fail_output(name_, action, error, advice);
}

void write_file(const std::string& path, std::string_view content) {
  AtomicFile file(path);
  file.write(content);
  file.commit();
}

void require_writable(const std::string& path) {
  const OutputPlace place = place_of(path);
  if (place.kind == PlaceKind::regular) {
    const AtomicFile tried(path);
  } else if (place.kind == PlaceKind::special && ::access(place.path().c_str(), W_OK) != 0) {
    fail_output(path, "open", errno);
  }
}

bool is_regular_output(const std::string& path) {
  return place_of(path).kind == PlaceKind::regular;
}

bool is_same_file(const std::string& output, const std::string& other) {
  const auto find = [](const std::string& path) -> std::optional<OutputPlace> {
    try {
      return find_output_place(path);
    } catch (const std::system_error&) {  // it cannot be written, whatever it is
      return std::nullopt;
    }
  };
  const auto written = find(output);
  if (!written) {
    return false;
  }
  struct stat read {};
  const bool exists =
      other == "-" ? ::fstat(STDIN_FILENO, &read) == 0 : ::stat(other.c_str(), &read) == 0;
  if (exists) {
    const bool stored = S_ISREG(read.st_mode) || S_ISBLK(read.st_mode);
    return stored && written->existing && written->existing->st_dev == read.st_dev &&
           written->existing->st_ino == read.st_ino;
  }
  const auto second = other == "-" ? std::nullopt : find(other);
  return second && written->kind == PlaceKind::regular && second->path() == written->path();
}

}  // namespace nram
