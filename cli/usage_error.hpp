#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace nram::cli {

/// What is wrong with a command line that CLI11 has refused, in a sentence that ends with what to
/// do: the name that was probably meant, or where the usage is. An option or a verb that does not
/// exist is named before anything that may be missing because of it.
std::string explain(const CLI::App& app, const CLI::ParseError& error);

}  // namespace nram::cli
