#include "circuit_groups.hpp"

#include <algorithm>
#include <bit>

namespace nram::discrete {

CircuitGroups::CircuitGroups(std::size_t limit)
    : limit_(limit),
      shift_(32U - static_cast<unsigned>(std::bit_width(2 * limit))),
      slots_(std::size_t{1} << std::bit_width(2 * limit)) {
  members_.reserve(limit);
}

void CircuitGroups::clear() {
  members_.clear();
  std::fill(slots_.begin(), slots_.end(), Slot{});
}

}  // namespace nram::discrete
