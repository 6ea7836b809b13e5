#pragma once

#include <string>
#include <string_view>

namespace nram {

/// Draws a graph given in the DOT language into a file (`-`: standard output) that is replaced as a
/// whole, by Graphviz's program `dot` from the PATH (called directly, no shell). `format` is one of
/// those that it knows by name: `svg`, `png`... Throws Error(io) if it is not installed or rejects
/// the graph or the format, or the file cannot be written.
void draw_dot(const std::string& dot, std::string_view format, const std::string& path);

}  // namespace nram
