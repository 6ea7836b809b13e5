#pragma once

#include <string>
#include <string_view>

namespace nram::fuzz {

/// The bytes of the case under way, in a file: a process that crashes cannot say them any more.
class CaseFile {
 public:
  /// Throws std::system_error if the file cannot be written.
  explicit CaseFile(std::string path);
  ~CaseFile();
  CaseFile(const CaseFile&) = delete;
  CaseFile& operator=(const CaseFile&) = delete;

  /// Replaces the content. Throws std::system_error.
  void hold(std::string_view bytes) const;

  /// After the last case: nothing is left to be told.
  void remove() const;

 private:
  std::string path_;
  int descriptor_;  ///< open all the time: closing a file that was emptied waits for the disk
};

}  // namespace nram::fuzz
