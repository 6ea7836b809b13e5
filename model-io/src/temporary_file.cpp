#include "temporary_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <random>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nram {
namespace {

constexpr std::string_view prefix = ".nram-";
constexpr std::string_view suffix = ".tmp";
constexpr std::size_t digits = 16;

bool is_temporary_name(std::string_view name) {
  if (name.size() != prefix.size() + digits + suffix.size() || !name.starts_with(prefix) ||
      !name.ends_with(suffix)) {
    return false;
  }
  const std::string_view number = name.substr(prefix.size(), digits);
  return number.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Whether the file could be locked, or cannot be by anyone on this file system.
bool lock(int file) { return ::flock(file, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK; }

bool has_name(int file) {
  struct stat status {};
  return ::fstat(file, &status) == 0 && status.st_nlink > 0;
}

void remove_if_left(int directory, const char* name) {
  const int file = ::openat(directory, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) {
    return;
  }
  struct stat status {};
  if (::fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid() &&
      ::flock(file, LOCK_EX | LOCK_NB) == 0) {
    ::unlinkat(directory, name, 0);
  }
  ::close(file);
}

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

}  // namespace

FileBeside create_temporary(int directory, mode_t mode) {
  std::random_device random;
  for (;;) {
    // Our own name rather than mkstemp's: a new file must get the permissions of the umask.
    const std::string name = fmt::format("{}{:08x}{:08x}{}", prefix, random(), random(), suffix);
    const int file = ::openat(directory, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0) {
      if (errno == EEXIST) {
        continue;
      }
      return {};
    }
    // Between creation and lock it looks like something left behind.
    if (lock(file) && has_name(file)) {
      return {file, name};
    }
    ::close(file);
  }
}

int create_nameless() {
  const char* const chosen = ::getenv("TMPDIR");  // NOLINT: nobody changes the environment
  for (const char* const place : {chosen, "/tmp", "/var/tmp"}) {
    if (place != nullptr) {
      const int file = ::open(place, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
      if (file >= 0) {
        return file;
      }
    }
  }
  return ::memfd_create("nram", MFD_CLOEXEC);
}

void remove_leftovers(int directory) {
  const int readable = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (readable < 0) {
    return;
  }
  const std::unique_ptr<DIR, CloseDirectory> entries(::fdopendir(readable));
  if (!entries) {
    ::close(readable);
    return;
  }
  constexpr int most = 4096;
  for (int i = 0; i < most; ++i) {
    const dirent* const entry = ::readdir(entries.get());  // NOLINT: the stream is ours alone
    if (entry == nullptr) {
      return;
    }
    if (is_temporary_name(entry->d_name)) {
      remove_if_left(directory, entry->d_name);
    }
  }
}

}  // namespace nram
