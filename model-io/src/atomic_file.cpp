#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <random>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/atomic_file.hpp>

namespace nram {
namespace {

std::string without_links(const std::string& path) {
  char* const resolved = ::realpath(path.c_str(), nullptr);
  if (resolved == nullptr) {
    return path;
  }
  std::string result = resolved;
  std::free(resolved);  // NOLINT: realpath allocates with malloc
  return result;
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) {
    return ".";
  }
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

AtomicFile::AtomicFile(const std::string& path) : name_(path), target_(path) {
  if (path == "-") {
    name_ = "standard output";
    file_ = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    if (file_ < 0) {
      fail("open", errno);
    }
    return;
  }
  struct stat status {};
  const bool exists = ::stat(path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) {
    fail("write", EISDIR);
  }
  if (exists && !S_ISREG(status.st_mode)) {
    file_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (file_ < 0) {
      fail("open", errno);
    }
    return;
  }
  target_ = without_links(path);
  // Our own name rather than mkstemp's: a new file must get the permissions of the umask.
  std::random_device random;
  do {
    temporary_ = fmt::format("{}.{:08x}.tmp", target_, random());
    file_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (file_ < 0 && errno == EEXIST);
  if (file_ < 0) {
    const int error = errno;
    temporary_.clear();
    fail("create", error);
  }
  if (exists) {
    // Failing to keep the permissions is no reason to lose the content.
    [[maybe_unused]] const int ignored = ::fchmod(file_, status.st_mode & 07777U);
  }
}

AtomicFile::~AtomicFile() { discard(); }

void AtomicFile::write(std::span<const std::byte> bytes) {
  // Linux writes at most 2 GiB at once anyway.
  constexpr std::size_t largest_write = std::size_t{1} << 30U;
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), std::min(bytes.size(), largest_write));
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      const int error = errno;
      discard();
      fail("write", error);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void AtomicFile::write(std::string_view text) {
  write(std::as_bytes(std::span(text.data(), text.size())));
}

void AtomicFile::commit() {
  if (!temporary_.empty() && ::fsync(file_) != 0) {
    const int error = errno;
    discard();
    fail("write", error);
  }
  const int closed = ::close(file_);
  file_ = -1;
  if (closed != 0) {
    const int error = errno;
    discard();
    fail("write", error);
  }
  if (temporary_.empty()) {
    return;
  }
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
    const int error = errno;
    discard();
    fail("replace", error);
  }
  temporary_.clear();
  // The rename itself survives a power cut only once the directory is on disk; a file system that
  // cannot do this is no reason to report a failure.
  const int directory = ::open(directory_of(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory >= 0) {
    ::fsync(directory);
    ::close(directory);
  }
}

void AtomicFile::discard() noexcept {
  if (file_ >= 0) {
    ::close(file_);
    file_ = -1;
  }
  if (!temporary_.empty()) {
    ::unlink(temporary_.c_str());
    temporary_.clear();
  }
}

void AtomicFile::fail(const char* action, int error) const {
  throw Error(ErrorKind::io,
              fmt::format("{}: cannot {} the file: {}{}", name_, action, std::strerror(error),
                          error == ENOSPC ? "; free some space or choose another place" : ""));
}

void write_file(const std::string& path, std::string_view content) {
  AtomicFile file(path);
  file.write(content);
  file.commit();
}

}  // namespace nram
