#pragma once

#include "output.hpp"

#include <optional>
#include <string>

#include <nram/engine/first_difference.hpp>
#include <nram/engine/program.hpp>
#include <nram/model-io/program_differences.hpp>
#include <nram/trainer/distinguish.hpp>

namespace nram::cli {

/// What `nram diff` has found, for its reports.
struct DiffReport {
  std::string file_a;
  std::string file_b;
  const Program& a;
  const Program& b;
  ProgramDifferences differences;
  const InputSearchResult& search;
  /// Where inputs come from, for text: "memories of any kind", "inputs of the task copy".
  std::string inputs;
  /// Of the input found: where the runs part.
  std::optional<RunDifference> first{};
};

/// The report as text, several lines.
std::string diff_text(const DiffReport& report);

/// The report as JSON; docs/cli.md has the keys.
Json diff_json(const DiffReport& report);

}  // namespace nram::cli
