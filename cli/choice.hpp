#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace nram::cli {

/// Lets an option take these names only; `what` they are is a noun for the message about any other
/// ("engine"). Help and completion know them.
CLI::Option* take_one_of(CLI::Option* option, const std::string& what,
                         const std::vector<std::string>& names);

}  // namespace nram::cli
