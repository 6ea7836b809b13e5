#pragma once

#include <CLI/CLI.hpp>

namespace nram::cli {

/// Throws Error(usage) if a file or directory on the command line has an empty name (as an unset
/// variable of a shell gives), or if more than one input is `-`: standard input can be read once.
void require_sensible_names(const CLI::App& verb);

}  // namespace nram::cli
