#include "terminal.hpp"

#include "number.hpp"

#include <cstdint>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

namespace nram::cli {

std::size_t terminal_width(int descriptor) {
  winsize size{};
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

std::size_t text_width() {
  constexpr std::uint64_t most = 10'000;
  constexpr std::size_t usual = 80;
  const char* const columns = std::getenv("COLUMNS");
  const std::uint64_t wanted = columns == nullptr ? 0 : parse_number(columns).value_or(0);
  if (wanted != 0 && wanted <= most) {
    return wanted;
  }
  const std::size_t width = terminal_width(STDOUT_FILENO);
  return width != 0 ? width : usual;
}

}  // namespace nram::cli
