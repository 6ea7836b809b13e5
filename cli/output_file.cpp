#include "output_file.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/atomic_file.hpp>

namespace nram::cli {

bool is_standard_output(const std::string& output) {
  static constexpr std::array<std::string_view, 4> names = {"-", "/dev/stdout", "/dev/fd/1",
                                                            "/proc/self/fd/1"};
  return std::find(names.begin(), names.end(), output) != names.end();
}

void require_one_on_stdout(const std::string& output, bool json) {
  if (json && is_standard_output(output)) {
    throw Error(ErrorKind::usage,
                fmt::format("--json and -o {} both want the standard output", output));
  }
}

void require_distinct(const std::string& output, std::initializer_list<UsedFile> others) {
  for (const auto& [what, path] : others) {
    if (!path.empty() && is_same_file(output, path)) {
      throw Error(ErrorKind::usage,
                  fmt::format("{}: writing there would destroy {} ({}), which is the same file; "
                              "choose another name",
                              output, what, path == "-" ? "standard input" : path));
    }
  }
}

void require_output(const std::string& output, FileKind kind,
                    std::initializer_list<UsedFile> others) {
  require_distinct(output, others);
  require_name_for(kind, output);
  require_writable(output);
}

}  // namespace nram::cli
