#include "attempts/curriculum.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <nram/engine/error.hpp>

namespace nram {

std::size_t Curriculum::draw(Random& random) const {
  const std::size_t top = levels_ - 1;
  const double p = random.uniform();
  if (p < plan_.any_level) {
    return random.between(0, top);
  }
  std::size_t reach = level_;
  while (reach < top && random.chance(plan_.beyond)) {
    ++reach;
  }
  return p < plan_.any_or_easier ? random.between(0, reach) : reach;
}

void Curriculum::note_error(double share) {
  error_ = plan_.memory * error_ + (1.0 - plan_.memory) * share;
}

void Curriculum::rise_if_learned(std::uint64_t iteration) {
  if (error_ < settings_.level_error && !is_at_last_level()) {
    ++level_;
    reached_at_ = iteration;
    error_ = 1.0;
  }
}

std::uint64_t Curriculum::ends_at() const {
  const std::uint64_t patience = settings_.patience;
  return std::min<std::uint64_t>(settings_.iterations,
                                 reached_at_ + (is_at_last_level() ? 2 : 1) * patience);
}

void Curriculum::save_to(Json& saved) const {
  saved["level"] = level_;
  saved["level-reached-at"] = reached_at_;
  saved["level-error"] = exact(error_);
}

void Curriculum::restore_from(const Json& saved, std::uint64_t now) {
  level_ = count_from(saved.at("level"));
  reached_at_ = count_from(saved.at("level-reached-at"));
  error_ = exact_double(saved.at("level-error"));
  const bool is_share = error_ >= 0.0 && error_ <= 1.0;
  if (level_ >= levels_ || reached_at_ > now || !is_share) {
    throw Error(ErrorKind::data,
                fmt::format("a saved attempt is at level {} since iteration {} of {}, which does "
                            "not fit this task",
                            level_, reached_at_, now));
  }
}

}  // namespace nram
