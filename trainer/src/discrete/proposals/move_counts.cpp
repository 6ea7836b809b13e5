#include "discrete/proposals/move_counts.hpp"

#include <bit>

namespace nram::discrete {

MoveCounts::MoveCounts(std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    counts_.push_back({name});
  }
}

void MoveCounts::add(MoveSet moves, Fate fate) {
  for (; moves != 0; moves &= moves - 1) {
    MoveCount& count = counts_[static_cast<std::size_t>(std::countr_zero(moves))];
    ++count.proposed;
    count.accepted += fate == Fate::rejected ? 0 : 1;
    count.improved += fate == Fate::improved ? 1 : 0;
  }
}

void MoveCounts::restore(std::string_view name, std::uint64_t proposed, std::uint64_t accepted,
                         std::uint64_t improved) {
  for (MoveCount& count : counts_) {
    if (count.name == name) {
      count = {count.name, proposed, accepted, improved};
    }
  }
}

}  // namespace nram::discrete
