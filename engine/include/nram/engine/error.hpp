#pragma once

#include <stdexcept>
#include <string>

namespace nram {

/// Why an operation of the library failed; the command maps each to a documented exit code.
enum class ErrorKind {
  usage,  ///< the caller asked for something impossible (exit code 2)
  data,   ///< a program, model, example or memory is malformed or does not fit (exit code 3)
  io,     ///< a file could not be opened, read or written (exit code 3)
};

/// The one exception type of the library.
///
/// `what()` is one paragraph for a person: what happened, where (file, field, position), and what
/// to do. Outcomes a run can have by itself (step limit, address out of range, cancelled) are not
/// errors but values of RunResult.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}

  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

}  // namespace nram
