#pragma once

#include <string>

namespace nram {

/// Draws a graph given in the DOT language into an SVG file (`-`: standard output) that is replaced
/// as a whole, by Graphviz's program `dot` from the PATH (called directly, no shell). Throws
/// Error(io) if it is not installed or rejects the graph, or the file cannot be written.
void svg_from_dot(const std::string& dot, const std::string& path);

}  // namespace nram
