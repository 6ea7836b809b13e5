#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <nram/engine/modulus.hpp>

namespace nram {

/// One input/output example: what a task consists of.
struct Example {
  std::vector<Word> memory;                   ///< before the run
  std::vector<std::optional<Word>> expected;  ///< after it; nothing = this cell does not count
  std::vector<Word> registers{};              ///< initial values; empty = all 0
  std::optional<std::uint64_t> steps{};       ///< the budget T, if the example sets one

  friend bool operator==(const Example&, const Example&) = default;
};

}  // namespace nram
