#pragma once

// What a program takes for granted because it is so in all examples.

#include "poll.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <nram/engine/program.hpp>
#include <nram/model-io/example.hpp>
#include <nram/trainer/random.hpp>

namespace nram {

/// A place of the memory that holds the same value in all examples: a constant of the layout, such
/// as the 0 behind an array, or what only happens to be so; examples cannot tell the two apart.
struct ConstantPlace {
  std::string name;                             ///< "cell 1", "the last cell"
  Word value = 0;                               ///< what its cells hold before the run
  std::vector<std::vector<std::size_t>> cells;  ///< its cells in each example, ascending
};

/// The first three cells and the last three, the cell behind the first 0, all cells behind the last
/// that counts, and all that count, as far as they are constant. No two are of the same cells.
/// O(cells of the examples).
std::vector<ConstantPlace> constant_places(std::span<const Example> examples);

/// Whether a result changes, or there is none, when another value stands in such a place: "the last
/// cell being 0", for each one of them. The program has to be right on all examples.
std::vector<std::string> reliances_of(const Program& program, std::span<const Example> examples,
                                      bool words, Random random, const Poll& poll = {});

}  // namespace nram
