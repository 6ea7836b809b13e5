#include "portfolio/slot.hpp"

#include "portfolio/arms.hpp"

#include <algorithm>

namespace nram {

std::uint64_t price_of_next_unit(const AttemptProgress& progress) {
  constexpr double promising = 0.35;
  return row_of(progress.arm).cost_is_promise && progress.cost < promising ? 1 : 3;
}

void add_counts(const std::vector<MoveCount>& more, std::vector<MoveCount>& total) {
  for (const MoveCount& count : more) {
    auto same = std::ranges::find(total, count.name, &MoveCount::name);
    if (same == total.end()) {
      same = total.insert(same, {count.name});
    }
    same->proposed += count.proposed;
    same->accepted += count.accepted;
    same->improved += count.improved;
  }
}

}  // namespace nram
