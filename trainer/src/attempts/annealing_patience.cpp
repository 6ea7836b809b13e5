#include "attempts/annealing_patience.hpp"

#include <algorithm>

#include <nram/engine/error.hpp>

namespace nram {

bool AnnealingPatience::is_over(double cost) const {
  const std::uint64_t times = cost < plan_.nearly_right ? plan_.patience_if_nearly_right : 1;
  const std::uint64_t patience_ends = improved_at_ + times * plan_.candidates / plan_.patience;
  const bool is_hopeless = work_ >= plan_.candidates / 2 && cost > plan_.most_at_half;
  return is_hopeless || work_ >= std::max(plan_.candidates, patience_ends);
}

void AnnealingPatience::restore(std::uint64_t work, std::uint64_t improved_at) {
  constexpr std::uint64_t most = std::uint64_t{1} << 53U;  // more than any computer tries
  if (work > most || improved_at > work) {
    throw Error(ErrorKind::data, "a saved attempt has done an impossible number of candidates");
  }
  work_ = work;
  improved_at_ = improved_at;
}

}  // namespace nram
