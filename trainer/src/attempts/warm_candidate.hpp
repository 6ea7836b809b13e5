#pragma once

// Where attempts begin that go on from a program of somebody's own.

#include "attempts/attempt.hpp"
#include "discrete/candidate.hpp"

#include <cstdint>
#include <optional>

namespace nram {

/// A program as a candidate of the search.
struct WarmCandidate {
  discrete::Candidate candidate;
  unsigned registers = 1;
  unsigned states = 1;  ///< 1: a table with a row for each zero-mask
};

/// Whether attempt `number` begins from TrainOptions::warm_start, if there is one: every other turn
/// of all slots, the first one among them, so that a start that leads nowhere does not spoil all.
bool is_warm(const AttemptContext& context, std::uint64_t number);

/// TrainOptions::warm_start as a candidate of the machine to learn with. Throws Error(usage),
/// naming what does not fit. Precondition: there is one.
WarmCandidate warm_candidate(const AttemptContext& context);

/// The model of the warm start, if its weights are those of a controller that the settings ask for;
/// null otherwise.
const Model* warm_model(const AttemptContext& context);

/// Throws Error(usage) if there is a warm start that no arm can begin from.
void require_warm_start(const AttemptContext& context);

}  // namespace nram
