#include "output.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include <nram/engine/error.hpp>

namespace nram::cli {

void print_text(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    throw Error(ErrorKind::io,
                std::string("cannot write to the standard output: ") + std::strerror(errno));
  }
}

void print_report(const Json& report) {
  // File names and metadata may hold any bytes; a report with a replacement character is better
  // than none.
  print_text(report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void complain(std::string_view message) {
  const std::string line = "nram: " + std::string(message) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace nram::cli
