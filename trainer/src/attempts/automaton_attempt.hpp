#pragma once

// Attempts by gradient descent at a differentiable automaton: again and again some of what has been
// learned is forgotten and learned anew, and the outcome kept if it is no worse (iterated local
// search, with gradient descent as the local search). What comes out is a model whose argmax is the
// automaton.

#include "attempts/attempt.hpp"

namespace nram {

std::unique_ptr<Attempt> make_automaton_attempt(const AttemptContext& context,
                                                std::uint64_t number);

}  // namespace nram
