#include "output_place.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace nram {
namespace {

[[noreturn]] void throw_errno(int error) { throw std::system_error(error, std::system_category()); }

// The path without links, dots and double slashes; empty, with errno set, if it does not exist.
std::string canonical(const std::string& path) {
  std::array<char, PATH_MAX> buffer{};
  return ::realpath(path.c_str(), buffer.data()) == nullptr ? std::string() : buffer.data();
}

std::string target_of_link(const std::string& link) {
  std::array<char, PATH_MAX> buffer{};
  const ssize_t size = ::readlink(link.c_str(), buffer.data(), buffer.size());
  if (size < 0) {
    throw_errno(errno);
  }
  return {buffer.data(), static_cast<std::size_t>(size)};
}

// The number of this process's descriptor that an entry of a directory stands for.
std::optional<int> descriptor_in(const std::string& directory, const std::string& name) {
  if (directory != canonical("/proc/self/fd") && directory != canonical("/proc/thread-self/fd")) {
    return std::nullopt;
  }
  int descriptor = 0;
  const char* const end = name.data() + name.size();
  const auto [stopped, error] = std::from_chars(name.data(), end, descriptor);
  return error == std::errc{} && stopped == end ? std::optional(descriptor) : std::nullopt;
}

OutputPlace open_already(int descriptor) {
  struct stat status {};
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0 || ::fstat(descriptor, &status) != 0) {
    throw_errno(errno);
  }
  if ((flags & O_ACCMODE) == O_RDONLY) {
    throw_errno(EBADF);
  }
  return {OutputPlace::Kind::descriptor, descriptor, {}, {}, status};
}

}  // namespace

OutputPlace find_output_place(const std::string& path) {
  if (path == "-") {
    return open_already(STDOUT_FILENO);
  }
  constexpr int most_links = 40;  // as many as the kernel follows
  std::string at = path;
  for (int links = 0; links <= most_links; ++links) {
    const std::size_t slash = at.rfind('/');
    OutputPlace place;
    place.directory = canonical(slash == std::string::npos ? "." : at.substr(0, slash + 1));
    place.name = slash == std::string::npos ? at : at.substr(slash + 1);
    if (place.directory.empty()) {
      throw_errno(errno);
    }
    if (const auto descriptor = descriptor_in(place.directory, place.name)) {
      return open_already(*descriptor);
    }
    struct stat status {};
    if (::lstat(place.path().c_str(), &status) != 0) {
      if (errno != ENOENT || place.name.empty()) {
        throw_errno(errno);
      }
      return place;
    }
    // The links of /proc lead to what is open, not to what they say.
    if (S_ISLNK(status.st_mode) && !place.directory.starts_with("/proc/")) {
      const std::string target = target_of_link(place.path());
      at = target.starts_with('/') ? target : place.directory + "/" + target;
      continue;
    }
    if (S_ISDIR(status.st_mode)) {
      throw_errno(EISDIR);
    }
    place.kind = S_ISREG(status.st_mode) ? OutputPlace::Kind::regular : OutputPlace::Kind::special;
    place.existing = status;
    return place;
  }
  throw_errno(ELOOP);
}

}  // namespace nram
