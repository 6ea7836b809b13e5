#pragma once

// What different programs that fit the same examples make of further inputs.

#include "poll.hpp"

#include <cstddef>
#include <span>
#include <vector>

#include <nram/engine/program.hpp>
#include <nram/model-io/example.hpp>
#include <nram/trainer/grade.hpp>
#include <nram/trainer/random.hpp>

namespace nram {

/// Whether the examples are about words: some value is no address of its memory.
bool are_words(std::span<const Example> examples);

struct Comparison {
  std::size_t inputs = 0;  ///< on which at least one program had a result
  /// Where programs differ, the smallest input first; each is about another way in which they part.
  std::vector<Question> questions{};
};

/// Runs the programs on inputs made like those of the examples, and compares the cells that count.
/// The first program is the one that would be kept. The same for the same arguments. Here and
/// below, what `poll` throws comes out.
Comparison compare_programs(std::span<const Program> programs, std::span<const Example> examples,
                            bool words, Random random, const Poll& poll = {});

/// Whether a program that fits the examples cannot be right on longer ones: no run comes to a state
/// twice although examples of different lengths need different numbers of steps, or of changed
/// cells; or, whatever its states, longer inputs take it no more steps although longer examples
/// have more cells to change.
bool is_bounded(const Program& program, std::span<const Example> examples, bool words,
                Random random, const Poll& poll = {});

}  // namespace nram
