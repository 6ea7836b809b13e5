#include "attempts/annealing_patience.hpp"

#include <algorithm>

#include <nram/engine/error.hpp>

namespace nram {

bool AnnealingPatience::is_over(double cost) const {
  const std::uint64_t times = cost < plan_.nearly_right ? plan_.patience_if_nearly_right : 1;
  const std::uint64_t patience_ends = improved_at_ + times * plan_.candidates / plan_.patience;
  const bool is_hopeless = work_ >= plan_.candidates / 2 && cost > plan_.most_at_half;
  const bool is_misled = has_next_stage_ && misled_ >= plan_.most_misled;
  return is_misled || is_hopeless || work_ >= std::max(plan_.candidates, patience_ends);
}

void AnnealingPatience::save_to(Json& saved) const {
  saved["work"] = work_;
  saved["improved-at"] = improved_at_;
  saved["misled"] = misled_;
  saved["rounds-since-right"] = rounds_since_right_;
}

void AnnealingPatience::restore_from(const Json& saved) {
  const std::uint64_t work = count_from(saved.at("work"));
  const std::uint64_t improved_at = count_from(saved.at("improved-at"));
  if (improved_at > work) {
    throw Error(ErrorKind::data, "a saved attempt has done an impossible number of candidates");
  }
  work_ = work;
  improved_at_ = improved_at;
  misled_ = count_from(saved.at("misled"));
  rounds_since_right_ =
      count_from(saved.at("rounds-since-right"), std::uint64_t{plan_.clean_rounds} + 1);
}

}  // namespace nram
