#pragma once

// Which search a checkpoint is of: only the same one can go on from it.

#include "attempts/attempt.hpp"
#include "storage/checkpoint.hpp"

#include <optional>
#include <string>

namespace nram {

/// What a checkpoint of this search says about it.
Checkpoint::Search search_of(const AttemptContext& context);

/// The first difference between the search of a checkpoint and this one, for a message; nothing if
/// there is none.
std::optional<std::string> difference_of(const Checkpoint::Search& saved,
                                         const AttemptContext& context);

}  // namespace nram
