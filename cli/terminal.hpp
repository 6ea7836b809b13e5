#pragma once

#include <cstddef>

namespace nram::cli {

/// Characters in a line of the terminal that this file descriptor is; 0 if it is none, or does not
/// say.
std::size_t terminal_width(int descriptor);

/// Characters in a line of text on standard output: what the environment variable COLUMNS says, or
/// its terminal, or else 80.
std::size_t text_width();

}  // namespace nram::cli
