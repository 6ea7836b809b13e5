#pragma once

#include <cstdint>

#include <CLI/CLI.hpp>

#include <nram/engine/meaning.hpp>
#include <nram/engine/run_memories.hpp>

namespace nram::cli {

/// `--steps LIMIT` and `--until-steps`: when a run ends that does not end by itself.
class EndOption {
 public:
  void add_to(CLI::App& verb);

  /// Sets the limit of steps, and whether it is a normal end: where --steps says so or the program
  /// does. Without both, the limit is that of MemoryRunOptions: one for each memory.
  void apply(const Meaning& meaning, MemoryRunOptions& options) const;

 private:
  std::uint64_t steps_ = 0;
  bool until_steps_ = false;
};

}  // namespace nram::cli
