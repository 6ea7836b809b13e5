#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nram/engine/error.hpp>
#include <nram/engine/memory.hpp>

namespace nram {
namespace {

[[noreturn]] void fail(const std::string& path, const char* action, int error) {
  throw Error(ErrorKind::io, fmt::format("{}: cannot {}: {}", path, action, std::strerror(error)));
}

class FileDescriptor {
 public:
  FileDescriptor(const std::string& path, int flags)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC)) {
    if (fd_ < 0) {
      fail(path, "open the file", errno);
    }
  }
  ~FileDescriptor() { ::close(fd_); }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

// Of a file with holes, takes the space of its disk now: a page that finds none when it is changed
// ends the process.
void reserve_space(int file, const std::string& path, std::size_t offset, std::size_t bytes) {
  int result = 0;
  do {
    result = ::fallocate(file, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
                         static_cast<off_t>(bytes));
  } while (result != 0 && errno == EINTR);
  if (result != 0 && (errno == ENOSPC || errno == EDQUOT)) {
    throw Error(ErrorKind::io,
                fmt::format("{}: cannot change the array in place: {}; the file has holes, and its "
                            "disk has no space to fill them: free some space, or write the result "
                            "to another disk",
                            path, std::strerror(errno)));
  }
}

std::size_t number_of_rows(std::size_t cells, std::size_t cells_per_row) {
  if (cells_per_row == 0 || cells % cells_per_row != 0) {
    throw Error(ErrorKind::usage, fmt::format("{} cells are no rows of {}", cells, cells_per_row));
  }
  return cells / cells_per_row;
}

}  // namespace

MemoryRows::MemoryRows(std::span<std::uint32_t> cells, std::size_t cells_per_row)
    : cells_(cells),
      cells_per_row_(cells_per_row),
      rows_(number_of_rows(cells.size(), cells_per_row)) {}

MemoryRows::MemoryRows(std::span<std::uint64_t> cells, std::size_t cells_per_row)
    : cells_(cells),
      cells_per_row_(cells_per_row),
      rows_(number_of_rows(cells.size(), cells_per_row)) {}

void require_values_below(MemoryView memory, Modulus modulus, const std::string& what) {
  if (modulus.contains(word_modulus(memory.type()).largest())) {
    return;
  }
  std::visit(
      [&](auto cells) {
        const auto bad = std::find_if(cells.begin(), cells.end(),
                                      [&](auto value) { return !modulus.contains(value); });
        if (bad != cells.end()) {
          throw Error(
              ErrorKind::data,
              fmt::format("{}: cell {} holds {}, which is not below the modulus {}; choose a "
                          "larger modulus, or `word`",
                          what, bad - cells.begin(), *bad, modulus.to_string()));
        }
      },
      memory.cells());
}

MappedRegion::MappedRegion(const std::string& path, std::size_t offset, std::size_t bytes,
                           Access access)
    : size_(bytes) {
  const bool writable = access == Access::read_write;
  const FileDescriptor file(path, writable ? O_RDWR : O_RDONLY);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) {
    fail(path, "read the file's size", errno);
  }
  const auto available = static_cast<std::size_t>(status.st_size);
  if (offset > available || bytes > available - offset) {
    throw Error(ErrorKind::io, fmt::format("{}: the file has {} bytes, but {} bytes from offset {} "
                                           "on are needed; it is truncated",
                                           path, available, bytes, offset));
  }
  if (bytes == 0) {
    return;
  }
  if (writable) {
    reserve_space(file.get(), path, offset, bytes);
  }
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t start = offset / page * page;
  mapped_ = bytes + (offset - start);
  base_ = ::mmap(nullptr, mapped_, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED,
                 file.get(), static_cast<off_t>(start));
  if (base_ == MAP_FAILED) {
    base_ = nullptr;
    fail(path, "map the file into memory", errno);
  }
  data_ = static_cast<std::byte*>(base_) + (offset - start);
}

MappedRegion::~MappedRegion() {
  if (base_ != nullptr) {
    ::munmap(base_, mapped_);
  }
}

MappedRegion::MappedRegion(MappedRegion&& other) noexcept
    : base_(std::exchange(other.base_, nullptr)),
      mapped_(std::exchange(other.mapped_, 0)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

MappedRegion& MappedRegion::operator=(MappedRegion&& other) noexcept {
  std::swap(base_, other.base_);
  std::swap(mapped_, other.mapped_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

void MappedRegion::flush() {
  if (base_ != nullptr && ::msync(base_, mapped_, MS_SYNC) != 0) {
    throw Error(ErrorKind::io, fmt::format("cannot write the mapped array back to its file: {}",
                                           std::strerror(errno)));
  }
}

}  // namespace nram
