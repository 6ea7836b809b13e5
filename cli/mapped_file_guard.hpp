#pragma once

#include <string>

#include <signal.h>

namespace nram::cli {

/// While a file is mapped into memory: if the system cannot read or write a page of it (it was
/// truncated meanwhile, the disk is full or broken), the process ends with a message and exit code
/// 3 instead of a bare signal. At most one at a time.
class MappedFileGuard {
 public:
  explicit MappedFileGuard(const std::string& path);
  ~MappedFileGuard();
  MappedFileGuard(const MappedFileGuard&) = delete;
  MappedFileGuard& operator=(const MappedFileGuard&) = delete;

 private:
  std::string message_;
  struct sigaction before_ {};
};

}  // namespace nram::cli
