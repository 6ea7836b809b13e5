#include "memory_file.hpp"

#include <cerrno>
#include <system_error>

#include <sys/mman.h>
#include <unistd.h>

namespace nram::fuzz {

MemoryFile::MemoryFile(std::string_view bytes)
    : descriptor_(memfd_create("nram-fuzz", MFD_CLOEXEC)),
      path_("/proc/self/fd/" + std::to_string(descriptor_)) {
  if (descriptor_ < 0) {
    throw std::system_error(errno, std::generic_category(), "memfd_create");
  }
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
    if (written < 0) {
      const int error = errno;
      close(descriptor_);
      throw std::system_error(error, std::generic_category(), "write");
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

MemoryFile::~MemoryFile() { close(descriptor_); }

}  // namespace nram::fuzz
