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
  /// `cells` or not given.
  [[nodiscard]] bool is_cells() const { return text_.empty() || text_ == "cells"; }
  /// What was asked for. Precondition: not both.
  [[nodiscard]] ModulusRule rule() const;
  /// The modulus for a memory of this many cells of this type, as ModulusRule::modulus_for.
  [[nodiscard]] Modulus resolve(std::size_t cells, CellType type) const {
    return rule().modulus_for(cells, type);
  }

 private:
  std::string text_;
};

}  // namespace nram::cli
