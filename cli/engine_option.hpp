#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include <nram/engine/executor.hpp>

namespace nram::cli {

/// The value of `--engine NAME`; `auto` unless given.
class EngineOption {
 public:
  void add_to(CLI::App& verb);

  [[nodiscard]] Engine engine() const;
  /// As `--engine` spells it.
  [[nodiscard]] const std::string& text() const { return text_; }
  /// Whether it was on the command line.
  [[nodiscard]] bool given() const { return given_; }

 private:
  std::string text_ = "auto";
  bool given_ = false;
};

}  // namespace nram::cli
