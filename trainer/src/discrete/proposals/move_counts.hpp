#pragma once

// How often each kind of change was proposed, and what became of it.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <nram/trainer/progress.hpp>

namespace nram::discrete {

/// The moves that a proposal is made of, by number, a bit each.
using MoveSet = std::uint32_t;

/// What became of a proposal.
enum class Fate : std::uint8_t {
  rejected,
  accepted,  ///< took the place of its parent
  improved,  ///< and costs less
};

class MoveCounts {
 public:
  /// By number of the move: its name.
  explicit MoveCounts(std::span<const std::string_view> names);

  /// Counts a proposal for each of its moves.
  void add(MoveSet moves, Fate fate);

  [[nodiscard]] const std::vector<MoveCount>& counts() const { return counts_; }

  /// Puts back what counts() said of moves with these names; others keep what they have.
  void restore(std::string_view name, std::uint64_t proposed, std::uint64_t accepted,
               std::uint64_t improved);

 private:
  std::vector<MoveCount> counts_;
};

}  // namespace nram::discrete
