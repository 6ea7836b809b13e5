#include "output.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include <nram/engine/error.hpp>
#include <nram/model-io/printable.hpp>

namespace nram::cli {

void print_text(std::string_view text) {
  const std::string shown = printable_lines(text);
  if (std::fwrite(shown.data(), 1, shown.size(), stdout) != shown.size() ||
      std::fflush(stdout) != 0) {
    throw Error(ErrorKind::io,
                std::string("cannot write to the standard output: ") + std::strerror(errno));
  }
}

void print_report(const Json& report) {
  // File names and metadata may hold any bytes; a report with a replacement character is better
  // than none.
  print_text(report.dump(2, ' ', true, Json::error_handler_t::replace) + "\n");
}

void print_notes(std::string_view text) {
  const std::string shown = printable_lines(text);
  std::fwrite(shown.data(), 1, shown.size(), stderr);
}

void complain(std::string_view message) {
  constexpr std::size_t longest = 4000;  // a page; what says more has gone wrong itself
  const std::string line = "nram: " + printable(message, longest) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace nram::cli
