#pragma once

// Readers of files from strangers, as functions of bytes: any bytes are read or refused by
// Error(data), and what was read can be used. Anything else that happens is a finding.

#include <span>
#include <string_view>

namespace nram::fuzz {

struct Target {
  std::string_view name;
  std::string_view reads;  ///< what, for the help text
  /// Throws, or ends the process, if the reader is at fault.
  void (*run)(std::string_view bytes);
};

/// All of them, by name.
std::span<const Target> targets();

/// Throws std::invalid_argument if there is none of that name.
const Target& find_target(std::string_view name);

/// Throws std::logic_error unless `holds`: a finding, and what it is.
void require(bool holds, const char* what);

// What the targets run.
void run_program(std::string_view bytes);
void run_model(std::string_view bytes);
void run_examples(std::string_view bytes);
void run_array(std::string_view bytes);
void run_memory_text(std::string_view bytes);
void run_csv(std::string_view bytes);
void run_checkpoint(std::string_view bytes);
void run_attempt(std::string_view bytes);
void run_attempt_values(std::string_view bytes);

}  // namespace nram::fuzz
