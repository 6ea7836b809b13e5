#pragma once

// Attempts by discrete search: annealing over circuits and over what says which of them runs when,
// judged by examples only, with a pool of elites and counter-examples.

#include "attempts/attempt.hpp"
#include "discrete/candidate.hpp"

#include <span>

namespace nram {

std::unique_ptr<Attempt> make_annealing_attempt(const AttemptContext& context,
                                                std::uint64_t number);
std::unique_ptr<Attempt> restore_annealing_attempt(const AttemptContext& context,
                                                   const Json& saved);

/// Annealing from a candidate of the machine of attempt `number` by gradient, for
/// Settings::Repair::candidates. `table` is the soft_table() of the model that the candidate comes
/// from; it has a say in what is tried unless it is empty.
std::unique_ptr<Attempt> make_repair_annealing(const AttemptContext& context, std::uint64_t number,
                                               const discrete::Candidate& start,
                                               std::span<const float> table);
/// With the same table: it is not saved.
std::unique_ptr<Attempt> restore_repair_annealing(const AttemptContext& context, const Json& saved,
                                                  std::span<const float> table);

}  // namespace nram
