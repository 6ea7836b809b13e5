#include "portfolio/slot.hpp"

#include "portfolio/arms.hpp"

#include <algorithm>
#include <cmath>

namespace nram {

std::uint64_t price_of_next_unit(const AttemptProgress& progress) {
  constexpr double promising = 0.35;
  constexpr double full_price = 15.0;
  constexpr double low_price = 5.0;
  const bool is_promising = row_of(progress.arm).cost_is_promise && progress.cost < promising;
  const double price = (is_promising ? low_price : full_price) * progress.unit;
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::lround(price)));
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
