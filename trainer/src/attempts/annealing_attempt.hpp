#pragma once

// Attempts by discrete search: annealing over circuits and over what says which of them runs when,
// judged by examples only, with a pool of elites and counter-examples.

#include "attempts/annealing_search.hpp"
#include "attempts/attempt.hpp"

namespace nram {

std::unique_ptr<Attempt> make_annealing_attempt(const AttemptContext& context,
                                                std::uint64_t number);

/// Annealing from a candidate of the machine of attempt `number` by gradient, for
/// Settings::Repair::candidates candidates.
std::unique_ptr<Attempt> make_repair_annealing(const AttemptContext& context, std::uint64_t number,
                                               RepairStart start);

}  // namespace nram
