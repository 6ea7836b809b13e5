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

 private:
  std::string text_ = "auto";
};

}  // namespace nram::cli
