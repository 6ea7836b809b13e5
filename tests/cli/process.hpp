#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace nram::test {

/// A directory of a test's own, removed with everything in it.
class ScratchDirectory {
 public:
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  /// The path of a file in it.
  [[nodiscard]] std::string operator/(const std::string& name) const;
  [[nodiscard]] std::string path() const { return path_.string(); }
  /// The names of what is in it, sorted.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  std::filesystem::path path_;
};

std::string read_text(const std::string& path);
void write_text(const std::string& path, const std::string& content);
/// How often `what`, which is not empty, stands in a text.
std::size_t count_of(const std::string& what, const std::string& text);

/// How a process ended, and what it said.
struct Ended {
  int exit_code = -1;  ///< 128 + signal if a signal ended it
  std::string out;
  std::string err;
  std::size_t peak_bytes = 0;  ///< of resident memory; at least what the test itself uses
};

struct Launch {
  std::string input{};        ///< on its standard input
  std::string directory{};    ///< where it runs; empty = here
  std::string output_file{};  ///< standard output goes to this file instead of Ended::out
};

/// A running process; ended (SIGKILL) and forgotten if nobody waits for it.
class Process {
 public:
  /// `arguments[0]` is looked up in PATH.
  Process(const std::vector<std::string>& arguments, const Launch& launch = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void send(int signal) const;
  /// Whether it has mapped this file into its memory.
  [[nodiscard]] bool has_mapped(const std::string& file) const;
  /// Waits until it ends. More than `patience` counts as hanging: SIGKILL.
  Ended wait(std::chrono::seconds patience = std::chrono::minutes(5));

 private:
  ScratchDirectory scratch_;
  int id_ = -1;
  bool own_output_;
};

/// Runs the real `nram` with these arguments.
Ended nram(const std::vector<std::string>& arguments, const Launch& launch = {});
/// Runs a shell command, with `nram` in PATH.
Ended shell(const std::string& command, const Launch& launch = {});
/// The path of the `nram` under test.
std::string nram_path();

}  // namespace nram::test
