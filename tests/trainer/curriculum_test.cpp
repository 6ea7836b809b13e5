#include "attempts/curriculum.hpp"

#include <array>
#include <limits>

#include <doctest/doctest.h>

#include <nram/engine/error.hpp>

namespace nram {
namespace {

constexpr std::size_t levels_in_test = 5;

Curriculum curriculum_of(const Settings::Curriculum& settings) {
  return {settings, CurriculumPlan{}, levels_in_test};
}

// Learns a level in the iteration.
void learn_level(Curriculum& curriculum, std::uint64_t iteration) {
  for (unsigned i = 0; i < 50; ++i) {
    curriculum.note_error(0.0);
  }
  curriculum.rise_if_learned(iteration);
}

TEST_CASE("the level rises once few cells are wrong, and stays at the last one") {
  Curriculum curriculum = curriculum_of({});
  curriculum.rise_if_learned(1);
  CHECK(curriculum.level() == 0);  // nothing is known yet
  curriculum.note_error(0.0);
  curriculum.rise_if_learned(2);
  CHECK(curriculum.level() == 0);  // one group may be luck
  for (std::size_t level = 1; level < levels_in_test; ++level) {
    learn_level(curriculum, 10 * level);
    CHECK(curriculum.level() == level);
    curriculum.rise_if_learned(10 * level + 1);
    CHECK(curriculum.level() == level);  // each is learned for itself
  }
  learn_level(curriculum, 100);
  CHECK(curriculum.level() == levels_in_test - 1);
}

TEST_CASE("an attempt has its patience for each level, twice at the last, and an end") {
  Settings::Curriculum settings;
  settings.patience = 600;
  settings.iterations = 3000;
  Curriculum curriculum = curriculum_of(settings);
  CHECK(curriculum.ends_at() == 600);
  learn_level(curriculum, 500);
  CHECK(curriculum.ends_at() == 1100);
  for (std::size_t level = 2; level < levels_in_test; ++level) {
    learn_level(curriculum, 1000);
  }
  CHECK(curriculum.ends_at() == 2200);
  Curriculum late = curriculum_of(settings);
  learn_level(late, 2900);
  CHECK(late.ends_at() == 3000);
}

TEST_CASE("examples are mostly of the current level and a little beyond") {
  Curriculum curriculum = curriculum_of({});
  learn_level(curriculum, 1);
  learn_level(curriculum, 2);  // at level 2 of 0 to 4
  constexpr unsigned draws = 20000;
  std::array<double, levels_in_test> share{};
  Random random(1);
  for (unsigned i = 0; i < draws; ++i) {
    share.at(curriculum.draw(random)) += 1.0 / draws;
  }
  // 0.1 anywhere; of 0.65 half here, a quarter one further; of 0.25 evenly from the first on.
  CHECK(share[0] == doctest::Approx(share[1]).epsilon(0.15));
  CHECK(share[2] == doctest::Approx(0.02 + 0.65 / 2 + share[0] - 0.02).epsilon(0.05));
  CHECK(share[3] > share[4]);
  CHECK(share[4] > 0.1);
  CHECK(share[0] > 0.05);
}

TEST_CASE("a curriculum goes on from what it saved, and not from what cannot be") {
  Curriculum curriculum = curriculum_of({});
  learn_level(curriculum, 40);
  curriculum.note_error(0.25);
  Json saved = Json::object();
  curriculum.save_to(saved);
  Curriculum other = curriculum_of({});
  other.restore_from(saved, 50);
  Json again = Json::object();
  other.save_to(again);
  CHECK(again == saved);
  CHECK(other.level() == 1);

  CHECK_THROWS_AS(other.restore_from(saved, 39), Error);  // reached later than now
  const auto refuses = [&](const char* field, const Json& value) {
    Json spoiled = saved;
    spoiled[field] = value;
    CHECK_THROWS_AS(other.restore_from(spoiled, 50), Error);
  };
  refuses("level", levels_in_test);
  refuses("level-error", exact(-1.0));
  refuses("level-error", exact(std::numeric_limits<double>::quiet_NaN()));
}

}  // namespace
}  // namespace nram
