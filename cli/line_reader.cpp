#include "line_reader.hpp"

#include "interrupt.hpp"

#include <array>
#include <cerrno>
#include <utility>

#include <poll.h>
#include <unistd.h>

namespace nram::cli {

// A read that a signal interrupts begins anew, so that it must not wait: poll does, for as long as
// nobody minds.
std::optional<std::string> LineReader::read() {
  constexpr int longest_wait = 100;  // milliseconds
  while (!interrupted()) {
    if (const std::size_t end = pending_.find('\n'); end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    if (has_ended_) {
      return pending_.empty() ? std::nullopt : std::optional(std::exchange(pending_, {}));
    }
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (poll(&input, 1, longest_wait) <= 0) {
      continue;
    }
    std::array<char, 4096> bytes{};
    const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count > 0) {
      pending_.append(bytes.data(), static_cast<std::size_t>(count));
    } else {
      has_ended_ = count == 0 || errno != EINTR;
    }
  }
  return std::nullopt;
}

}  // namespace nram::cli
