#pragma once

// Delta debugging: less of what still fails.

#include <cstddef>
#include <functional>
#include <vector>

#include <nram/engine/modulus.hpp>

namespace nram {

/// The memory with as many cells taken out, and as many values made smaller, as `fails` allows:
/// none of its parts can be taken out, no value halved or lowered by one. At most `most_tries`
/// calls of `fails`, which holds for the memory given.
std::vector<Word> shrunk(std::vector<Word> memory,
                         const std::function<bool(const std::vector<Word>&)>& fails,
                         std::size_t most_tries);

}  // namespace nram
