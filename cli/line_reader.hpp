#pragma once

#include <optional>
#include <string>

namespace nram::cli {

/// Lines of the standard input, while somebody may press Ctrl-C instead of typing one. Nobody else
/// may read from it.
class LineReader {
 public:
  /// The next line without its end; nothing at the end of the input, if it cannot be read, or soon
  /// after a signal has arrived (see interrupted()).
  std::optional<std::string> read();

 private:
  std::string pending_;  ///< read, but not given out
  bool has_ended_ = false;
};

}  // namespace nram::cli
