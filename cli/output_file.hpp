#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include <nram/model-io/file_kind.hpp>

namespace nram::cli {

/// A file that the same command reads or writes.
struct UsedFile {
  std::string_view what;  ///< "the model", as messages name it
  std::string path;       ///< empty if there is none
};

/// Whether the output goes to standard output, so that nothing else may be printed there.
bool is_standard_output(const std::string& output);

/// Throws Error(usage) if both the output and a report as JSON are to go to standard output.
void require_one_on_stdout(const std::string& output, bool json);

/// Throws Error(usage) if writing to `output` would change one of the others, by whatever name.
void require_distinct(const std::string& output, std::initializer_list<UsedFile> others);

/// What every verb asks before its work: that the name fits the kind, that the output is none of
/// the other files (both Error(usage)), and that it can be written (Error(io)).
void require_output(const std::string& output, FileKind kind,
                    std::initializer_list<UsedFile> others);

}  // namespace nram::cli
