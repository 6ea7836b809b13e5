#pragma once

#include "output.hpp"

#include <optional>
#include <string>
#include <vector>

#include <nram/trainer/grade.hpp>
#include <nram/trainer/minimise.hpp>
#include <nram/trainer/train.hpp>

namespace nram::cli {

/// What `nram train` says at its end.
struct TrainingOutcome {
  const TrainResult& result;
  std::string model;  ///< the file that it was written to
  std::uint64_t seed = 1;
  std::optional<std::string> failure{};  ///< the smallest example that goes wrong
  std::vector<std::string> advice{};     ///< what to try, if it was not solved
  std::vector<Word> constants{};         ///< that the machine had beside 0, 1 and 2
  std::size_t answered = 0;              ///< questions that somebody answered
  std::optional<MinimiseResult> minimised{};
};

Json outcome_json(const TrainingOutcome& outcome);

/// For people: the end, the verdict and the scores, with what their words mean.
std::string outcome_text(const TrainingOutcome& outcome);

/// What became of the changes that the discrete search proposed, as a table.
std::string table_of(const std::vector<MoveCount>& moves);

}  // namespace nram::cli
