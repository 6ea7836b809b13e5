#pragma once

// What running candidates on up to 64 examples at once takes and gives. Lane i of everything that
// is in lanes belongs to example i.

#include "discrete/candidate.hpp"
#include "discrete/cost/circuit_code.hpp"
#include "discrete/cost/example_batch.hpp"
#include "discrete/cost/features.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace nram::discrete {

/// The terms of a candidate's cost beside its wrong cells: how much each fault costs, per example.
struct Penalties {
  /// Partial credit is multiplied by this. Programs that are far from right live on it; with less
  /// of it, those that get some cells right prevail.
  double partial_credit = 1.0;
  double value_written = 0.1;  ///< taken off a wrong cell whose value was written somewhere
  double was_right = 0.1;      ///< ... that held the right value at some time after a write to it
  double unclean = 0.3;        ///< at most, for changing cells that are no results
  double not_stopped = 0.15;   ///< not finishing within the step limit, or an address out of range
  double late = 0.0;           ///< per step
  /// The share of the penalties of being unclean and of not stopping that counts while the example
  /// has wrong cells.
  double while_wrong = 0.3;
  /// The share of a batch's cost that is taken off if something in the registers tells exactly the
  /// examples with a wrong cell from the others: a branch on it could mend them. See
  /// BehaviouralFeatures.
  double features = 0.0;
};

inline constexpr unsigned without_limit = ~0U;

/// Numbers of steps, by batch.
using StepsOfBatches = std::array<unsigned, max_batches>;

/// without_limit for each.
inline constexpr StepsOfBatches all_without_limit = [] {
  StepsOfBatches steps{};
  steps.fill(without_limit);
  return steps;
}();

/// What evaluating a candidate on examples in lanes tells.
struct LaneResult {
  double cost = 0.0;   ///< mean over the examples, 0 = all right, clean and stopped
  double first = 0.0;  ///< that of the first batch alone
  /// Bit r: row r was visited, or the other row of its state, if that does the same.
  std::uint64_t rows = 0;
  std::uint64_t wrong = 0;  ///< bit i: example i (of any batch) has a wrong cell or a fault
  std::uint64_t steps = 0;  ///< that all examples together took
  /// By batch: the most steps that an example took, without_limit if one ran to its budget.
  StepsOfBatches longest = all_without_limit;
  /// The cost is above the limit, or a run longer; the other figures are incomplete.
  bool rejected = false;
};

/// Above what a candidate is rejected: the mean cost of all batches, or that of the first alone.
/// The latter saves running the others.
struct Limit {
  double cost = std::numeric_limits<double>::infinity();
  double first = std::numeric_limits<double>::infinity();
  /// By batch: reject what is still running after so many steps.
  StepsOfBatches steps = all_without_limit;
};

/// The buffers of a run on lanes of one width.
template <typename Element>
struct LaneBuffers {
  std::vector<Lanes<Element>> slots;  ///< registers, then modules
  std::vector<Lanes<Element>> memory;
  std::vector<Lanes<Element>> before_step;    ///< memory, if a WRITE may have to be undone
  std::vector<Lanes<Element>> value_written;  ///< by result: mask, its value was written somewhere
  std::vector<Lanes<Element>> was_right;      ///< ... it was right after a write to it
  BehaviouralFeatures<Element> features;
};

/// What stays the same from run to run, and the buffers.
struct LaneState {
  LaneState(const Machine& of, unsigned state_count, const Penalties& fault_penalties)
      : machine(of), states(state_count), penalties(fault_penalties), code(of) {}

  const Machine& machine;
  unsigned states;
  Penalties penalties;
  CircuitCode code;
  std::vector<std::uint64_t> missed;  ///< by result: bit i, its value is wrong in the end in lane i
  OfEachWidth<LaneBuffers> buffers;
};

/// Runs a candidate, whose code the state has, on a batch. Nothing if a lane comes to a row that is
/// not expected; rejected if one is still running after `patience` steps. The batch is the first,
/// as far as the result knows.
using LaneRun = std::optional<LaneResult> (*)(LaneState& state, const Candidate& candidate,
                                              std::uint64_t expected, const ExampleBatch& batch,
                                              unsigned patience);

/// That of the instruction set in use, for batches of each width.
LaneRun byte_lane_run();
LaneRun lane_run_16();
LaneRun lane_run_32();
LaneRun lane_run_64();

}  // namespace nram::discrete
