#pragma once

// Zaremba and Sutskever's curriculum, as the paper uses it: mostly the current level and a little
// beyond, sometimes an easier one, sometimes any.

#include "attempt_plan.hpp"
#include "storage/saved_state.hpp"

#include <cstddef>
#include <cstdint>

#include <nram/trainer/random.hpp>
#include <nram/trainer/settings.hpp>

namespace nram {

class Curriculum {
 public:
  /// Precondition: levels ≥ 1.
  Curriculum(const Settings::Curriculum& settings, const CurriculumPlan& plan, std::size_t levels)
      : settings_(settings), plan_(plan), levels_(levels) {}

  /// The current one, from 0 on.
  [[nodiscard]] std::size_t level() const { return level_; }

  /// A level to learn from.
  std::size_t draw(Random& random) const;

  /// A share of the cells was wrong in examples of the current level.
  void note_error(double share);

  /// On to the next level, if few enough cells are wrong at this one, in the iteration of this
  /// number.
  void rise_if_learned(std::uint64_t iteration);

  /// The iteration at which an attempt ends that does not get on. One that has got everywhere has
  /// still to become hard.
  [[nodiscard]] std::uint64_t ends_at() const;

  /// Adds the state to what an attempt saves; puts it back. The latter throws Error(data) if there
  /// is no such level, or it was reached after iteration `now`.
  void save_to(Json& saved) const;
  void restore_from(const Json& saved, std::uint64_t now);

 private:
  [[nodiscard]] bool is_at_last_level() const { return level_ + 1 == levels_; }

  Settings::Curriculum settings_;
  CurriculumPlan plan_;
  std::size_t levels_;
  std::size_t level_ = 0;
  std::uint64_t reached_at_ = 0;  // iterations
  double error_ = 1.0;            // share of wrong cells at the current level, smoothed
};

}  // namespace nram
