#pragma once

#include "poll.hpp"

#include <span>

#include <nram/engine/program.hpp>
#include <nram/model-io/example.hpp>
#include <nram/trainer/random.hpp>

namespace nram {

/// Whether examples show that the task is to sort, and the program does not sort longer inputs made
/// like theirs: that it makes as many passes as the longest example needs, say. In all examples
/// what counts has to be a rearrangement of what stood there, in order, and in several of them it
/// was not before. The program has to be right on all examples.
bool sorts_examples_only(const Program& program, std::span<const Example> examples, bool words,
                         Random random, const Poll& poll = {});

}  // namespace nram
