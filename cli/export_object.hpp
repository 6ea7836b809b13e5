#pragma once

#include "modulus_option.hpp"
#include "verbs.hpp"

#include <string>

#include <CLI/CLI.hpp>

namespace nram::cli {

/// What `nram export --to object`, `c` and `python` are told besides input and output.
class ObjectOption {
 public:
  void add_to(CLI::App& verb, CLI::Option* to);

  /// Compiles the program, or the model's program, and writes the object file and, beside it, a C
  /// header.
  [[nodiscard]] ExitCode write(const std::string& input, const std::string& output) const;

  /// Writes the program, or the model's program, as a function of this language, "c" or "python";
  /// `-` is standard output.
  [[nodiscard]] ExitCode write_source(const std::string& input, const std::string& output,
                                      const std::string& language) const;

 private:
  ModulusOption modulus_;
  std::string name_;
  unsigned cell_bits_ = 64;
};

}  // namespace nram::cli
