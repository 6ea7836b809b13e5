#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include <nram/engine/modulus_rule.hpp>

namespace nram::cli {

/// The value of `--modulus cells|word|K`.
class ModulusOption {
 public:
  /// Adds the option to a verb; `otherwise` completes "without it, ..." in its help.
  void add_to(CLI::App& verb, const std::string& otherwise);

  /// With `both`, which is `cells` and `word`, one after the other.
  void add_with_both_to(CLI::App& verb, const std::string& otherwise);

  /// Not given on the command line.
  [[nodiscard]] bool is_default() const { return text_.empty(); }
  [[nodiscard]] bool is_both() const { return text_ == "both"; }
  /// What was asked for or, if nothing was, what a program with this meaning says. Precondition:
  /// not both.
  [[nodiscard]] ModulusRule rule(const Meaning& meaning) const;
  /// Says on standard error if something was asked for that the program in this file says it was
  /// not tested for.
  void complain_if_untested(const std::string& file, const Meaning& meaning) const;

 private:
  std::string text_;
};

}  // namespace nram::cli
