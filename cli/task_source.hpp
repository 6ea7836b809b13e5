#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <nram/model-io/example.hpp>
#include <nram/trainer/task.hpp>

namespace nram::cli {

/// Where the examples of a task come from, and what is known of them: --task or --examples, one of
/// the two, and with a file --modulus, --order, --constants.
class TaskSource {
 public:
  enum class Presence : std::uint8_t { required, optional };
  void add_to(CLI::App& verb, Presence presence = Presence::required);

  /// Whether there is one; it has to be asked for the others below only if it need not be there.
  [[nodiscard]] bool is_given() const { return !task_.empty() || is_file(); }

  [[nodiscard]] bool is_file() const { return !file_.empty(); }
  /// The name of the file of examples; empty for a built-in task.
  [[nodiscard]] const std::string& file() const { return file_; }
  /// The options of the file's name; others may need it.
  [[nodiscard]] CLI::Option* file_option() const { return file_option_; }

  /// The examples in the file; none for a built-in task. Throws as read_examples does.
  [[nodiscard]] std::vector<Example> read() const;

  /// The built-in task, or one of these examples; says on standard error what was made of them.
  /// Throws Error(usage) if there is no such task, and as ExamplesTask does.
  [[nodiscard]] std::shared_ptr<const Task> open(std::vector<Example> examples) const;

 private:
  std::string task_;
  std::string file_;
  std::string modulus_;             // of the examples; empty: worked out
  std::string order_;               // likewise
  std::string constants_ = "auto";  // likewise
  CLI::Option* file_option_ = nullptr;
};

}  // namespace nram::cli
