#include "portfolio/finalists.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace nram {
namespace {

auto moment_of(const Finalist& finalist) { return std::tuple(finalist.clock, finalist.slot); }

}  // namespace

void Finalists::add(Finalist finalist) {
  if (look_ && finalist.solved()) {
    const auto place = std::ranges::upper_bound(solved_, moment_of(finalist), {}, moment_of);
    solved_.insert(place, finalist);
  }
  if (!best_ || better(finalist, *best_)) {
    best_ = std::move(finalist);
  }
}

bool Finalists::would_count(std::uint64_t clock, std::uint64_t slot) const {
  if (!has_solved() && !has_known_) {
    return true;
  }
  if (!look_) {
    return std::tuple(clock, slot) < moment_of(*best_);
  }
  const bool is_soon = clock <= end_of_look();
  const bool is_among =
      solved_.size() < look_->most || std::tuple(clock, slot) < moment_of(solved_[look_->most - 1]);
  return is_soon && is_among;
}

std::vector<Finalist> Finalists::solved() const {
  if (!has_solved()) {
    return {};
  }
  if (!look_) {
    return {*best_};
  }
  std::vector<Finalist> counting;
  for (const Finalist& finalist : solved_) {
    if (counting.size() < look_->most && finalist.clock <= end_of_look()) {
      counting.push_back(finalist);
    }
  }
  return counting;
}

}  // namespace nram
