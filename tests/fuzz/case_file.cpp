#include "case_file.hpp"

#include <cerrno>
#include <cstddef>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace nram::fuzz {
namespace {

[[noreturn]] void fail(const std::string& path) {
  throw std::system_error(errno, std::generic_category(), path);
}

}  // namespace

CaseFile::CaseFile(std::string path)
    : path_(std::move(path)),
      descriptor_(open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) {
    fail(path_);
  }
}

CaseFile::~CaseFile() { close(descriptor_); }

void CaseFile::hold(std::string_view bytes) const {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t written =
        pwrite(descriptor_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (written < 0) {
      fail(path_);
    }
    done += static_cast<std::size_t>(written);
  }
  if (ftruncate(descriptor_, static_cast<off_t>(bytes.size())) != 0) {
    fail(path_);
  }
}

void CaseFile::remove() const { unlink(path_.c_str()); }

}  // namespace nram::fuzz
