// Runs candidate programs on 64 examples at once: lane i of everything that is in lanes belongs to
// example i.

#pragma once

#include "discrete/cost/lane_state.hpp"
#include "discrete/liveness.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace nram::discrete {

/// Evaluates candidates of one machine, on the instruction set that was in use when it was made.
/// Reuses its buffers; not for concurrent use.
class LaneEvaluator {
 public:
  LaneEvaluator(const Machine& machine, unsigned states, const Penalties& penalties);

  LaneResult evaluate(const Candidate& candidate, const ExampleBatch& batch);

  /// On up to max_batches batches, with the mean of their costs. Stops early, with `rejected` set,
  /// once that is sure to be above a limit: put the batches that are quickest to run first. Quicker
  /// if only some of the reachable rows are expected, unless others are entered after all.
  LaneResult evaluate(const Candidate& candidate, std::span<const ExampleBatch> batches,
                      const Limit& limit = {},
                      std::optional<std::uint64_t> expected_rows = std::nullopt);

  /// How much there is in a candidate: operations, and choices between operands.
  std::size_t size(const Candidate& candidate);

  /// By result of the batch evaluated last: bit i is set if its value is wrong in example i.
  [[nodiscard]] std::span<const std::uint64_t> missed() const { return state_.missed; }

  /// The registers that have to be right after a step in each of `rows` for the outcome to be:
  /// those that are live, or all of them if there are features to look for.
  Liveness liveness(const Candidate& candidate, std::uint64_t rows);

  /// Whether `b` surely has the same outcome as `a`, which visits `rows`, where `live` registers
  /// matter: it differs at most in what is never used. Far cheaper than evaluating.
  [[nodiscard]] bool equivalent(const Candidate& a, const Candidate& b, std::uint64_t rows,
                                const Liveness& live) const;

 private:
  LaneState state_;
  std::array<LaneRun, 4> run_;  // by width
  LivenessAnalysis analysis_;
  SourceAnalysis sources_;
};

}  // namespace nram::discrete
