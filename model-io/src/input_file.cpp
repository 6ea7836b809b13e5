#include "input_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nram/engine/error.hpp>

namespace nram {
namespace {

[[noreturn]] void fail(const std::string& name, const char* action, int error) {
  throw Error(ErrorKind::io,
              fmt::format("{}: cannot {} the file: {}", name, action, std::strerror(error)));
}

}  // namespace

InputFile::InputFile(const std::string& path) : name_(path == "-" ? "standard input" : path) {
  file_ = path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                      : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file_ < 0) {
    fail(name_, "open", errno);
  }
  struct stat status {};
  if (::fstat(file_, &status) != 0 || S_ISDIR(status.st_mode)) {
    const int error = S_ISDIR(status.st_mode) ? EISDIR : errno;
    ::close(file_);
    fail(name_, "read", error);
  }
  // Files of /proc claim to be empty, so 0 means "unknown".
  if (S_ISREG(status.st_mode) && status.st_size > 0) {
    const off_t position = ::lseek(file_, 0, SEEK_CUR);
    if (position >= 0) {
      unread_ = static_cast<std::uint64_t>(std::max<off_t>(0, status.st_size - position));
    }
  }
}

InputFile::~InputFile() { ::close(file_); }

std::optional<std::uint64_t> InputFile::remaining() const {
  if (!unread_) {
    return std::nullopt;
  }
  return *unread_ + peeked_.size();
}

std::string_view InputFile::peek(std::size_t count) {
  if (peeked_.size() < count) {
    const std::size_t old = peeked_.size();
    peeked_.resize(count);
    const std::size_t got =
        read_directly(std::as_writable_bytes(std::span(peeked_.data() + old, count - old)));
    peeked_.resize(old + got);
  }
  return std::string_view(peeked_).substr(0, count);
}

std::size_t InputFile::read(std::span<std::byte> bytes) {
  const std::size_t from_peek = std::min(bytes.size(), peeked_.size());
  if (from_peek > 0) {
    std::memcpy(bytes.data(), peeked_.data(), from_peek);
    peeked_.erase(0, from_peek);
  }
  return from_peek + read_directly(bytes.subspan(from_peek));
}

std::string InputFile::read_all(std::uint64_t max_bytes, std::string_view what) {
  const auto too_large = [&] {
    throw Error(ErrorKind::data, fmt::format("{}: the file is larger than {} bytes, the most {} "
                                             "can have; is it the right file?",
                                             name_, max_bytes, what));
  };
  std::string content;
  if (const auto known = remaining()) {
    if (*known > max_bytes) {
      too_large();
    }
    content.resize(*known);
    content.resize(read(std::as_writable_bytes(std::span(content))));
  }
  // What follows is the whole of a pipe, or what was appended to a file in the meantime.
  constexpr std::size_t chunk = std::size_t{1} << 16U;
  for (;;) {
    const std::size_t old = content.size();
    content.resize(old + chunk);
    const std::size_t got = read(std::as_writable_bytes(std::span(content.data() + old, chunk)));
    content.resize(old + got);
    if (content.size() > max_bytes) {
      too_large();
    }
    if (got < chunk) {
      return content;
    }
  }
}

std::size_t InputFile::read_directly(std::span<std::byte> bytes) {
  constexpr std::size_t largest_read = std::size_t{1} << 30U;
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got =
        ::read(file_, bytes.data() + done, std::min(bytes.size() - done, largest_read));
    if (got < 0) {
      if (errno == EINTR) {
        continue;
      }
      fail(name_, "read", errno);
    }
    if (got == 0) {
      break;
    }
    done += static_cast<std::size_t>(got);
  }
  if (unread_) {
    *unread_ -= std::min<std::uint64_t>(*unread_, done);
  }
  return done;
}

}  // namespace nram
