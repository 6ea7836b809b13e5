#pragma once

#include "end_option.hpp"
#include "engine_option.hpp"
#include "exit_code.hpp"
#include "modulus_option.hpp"
#include "runnable.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace nram::cli {

/// What of `nram run` a trace needs to know.
struct TracedRun {
  const std::string& program;
  const std::string& input;
  const ModulusOption& modulus;
  const EngineOption& engine;
  const LiveOption& live;
  const EndOption& end;
  const std::vector<Word>& registers;
  bool reinterpret = false;
  bool json = false;
};

/// `nram run --trace`: which steps it shows.
class TraceOption {
 public:
  /// Adds --trace to the options that say where results go, and its bounds to the verb.
  void add_to(CLI::App& verb, CLI::App& results);

  [[nodiscard]] bool given() const { return given_; }

  /// Runs the program on the only memory of the input, in the reference, and prints the steps. Exit
  /// code `failed` if the run faults or does not stop within its limit of steps or, with
  /// --trace-until-differs, if the other program does something else. Throws Error(usage) if the
  /// input has several memories; also as `nram run` does.
  [[nodiscard]] ExitCode run(const TracedRun& line) const;

 private:
  bool given_ = false;
  std::uint64_t from_ = 1;
  std::uint64_t steps_ = 0;  // 0: as many as is usual
  std::optional<std::uint64_t> cell_;
  std::string other_;
};

}  // namespace nram::cli
