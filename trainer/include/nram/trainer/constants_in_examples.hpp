#pragma once

#include <span>
#include <string>
#include <vector>

#include <nram/engine/module.hpp>
#include <nram/model-io/example.hpp>

namespace nram {

/// A number that examples seem to need, and what says so.
struct ConstantSeen {
  Word number = 0;
  std::string reason;  ///< for people: "what 97 % of the cells that change become"

  friend bool operator==(const ConstantSeen&, const ConstantSeen&) = default;
};

/// The numbers, other than 0, 1 and 2, that a program for these examples seems to need, the surest
/// first, at most `most_constants_seen`:
///
/// - what many cells become that is rare in inputs: a bound, a letter;
/// - the number by which many cells differ from what they were, from the cell before or behind, or
///   from the new value before: a step;
/// - what cells are that change where others do not: a number compared with;
/// - where the cells that change are those above (or below) some number: that one, or the roundest
///   if several would do.
///
/// Each has to stand out from what would come about by chance among the same values, in at least
/// four examples; most examples need none. Values below 0 count by their distance from 0.
/// O(cells · log cells).
std::vector<ConstantSeen> constants_in(std::span<const Example> examples);

constexpr std::size_t most_constants_seen = 3;

/// The modules with a CONST for each number that has none, behind ZERO, ONE and TWO, so that all
/// other modules can use it. Throws Error(usage) if a number is above max_constant.
std::vector<Module> with_constants(std::vector<Module> modules, std::span<const Word> numbers);

}  // namespace nram
