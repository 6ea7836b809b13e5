#pragma once

// The graphs that `nram inspect` writes into directories.

#include <cstdint>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include <nram/engine/program.hpp>

namespace nram::cli {

/// `--graphs DIR --format FORMAT` and its short forms `--svg DIR` and `--dot DIR`.
class InspectGraphs {
 public:
  /// Declares the options. This object must outlive the parser's use of them.
  void add_to(CLI::App& verb);

  /// Writes what was asked for, of one circuit only if one is named, and says so on stderr. Throws
  /// Error(io) if a directory or file cannot be written or Graphviz is needed and missing.
  void write(const Program& program, std::optional<std::uint32_t> circuit) const;

 private:
  std::string directory_;
  std::string format_ = "svg";
  std::string dot_;
  std::string svg_;
};

}  // namespace nram::cli
