#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <nram/engine/optimise.hpp>

namespace nram::cli {

/// `--without PASS,...` switches optimisation passes off; `--list-passes` lists them and ends the
/// command.
class PassOption {
 public:
  void add_to(CLI::App& verb);

  [[nodiscard]] OptimisationOptions options() const;
  /// Whether passes were named.
  [[nodiscard]] bool is_given() const { return !without_.empty(); }

 private:
  std::vector<std::string> without_;
};

}  // namespace nram::cli
