// Attempts that repair by search what the gradient ends with.

#include "attempt_support.hpp"
#include "portfolio/arms.hpp"
#include "small_settings.hpp"
#include "storage/saved_state.hpp"

#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/builtin_tasks.hpp>

using namespace nram;

namespace {

const std::vector<Module>& standard_modules() {
  static const std::vector<Module> all = Machine::standard(1).modules();
  return all;
}

// Gives up its gradient part at once, so that repairing begins.
Settings hurried_settings() {
  Settings settings = small_settings({.registers = 3,
                                      .hidden = 8,
                                      .iterations = 25,
                                      .test_every = 25,
                                      .candidates = 4000,
                                      .polish_candidates = 0});
  settings.portfolio.annealing = false;
  settings.portfolio.joint = true;
  return settings;
}

}  // namespace

TEST_CASE("repairing with a say of the model goes on bit-exactly from any moment") {
  const Task& task = *find_task("merge");  // is not learned so soon
  Settings settings = hurried_settings();
  settings.repair.joint_gradient = 2.0;
  const AttemptContext context{task, standard_modules(), settings};
  const auto whole = make_attempt(context, 0);
  auto parts = make_attempt(context, 0);
  unsigned repaired = 0;
  for (int i = 0; i < 4; ++i) {
    advance_a_unit(*whole);
    advance_a_unit(*parts);
    const auto saved = parts->save();
    CHECK(saved == whole->save());
    parts = restore_attempt(context, saved);
    repaired += parts->progress().arm == Arm::joint ? 1 : 0;
  }
  CHECK(repaired >= 2);
  CHECK(parts->progress().work > 0);
}

TEST_CASE("without a say of the model the search repairs as ever, and with it otherwise") {
  const Task& task = *find_task("merge");
  const auto mend = [&](bool joint, double share, double gradient = 0.0) {
    Settings settings = hurried_settings();
    settings.repair.joint_gradient = gradient;
    settings.portfolio.joint = joint;
    settings.repair.joint_share = share;
    const AttemptContext context{task, standard_modules(), settings};
    const auto attempt = make_attempt(context, 0);
    for (int i = 0; i < 3; ++i) {
      advance_a_unit(*attempt);
    }
    CHECK(attempt->progress().arm == (joint ? Arm::joint : Arm::repair));
    return attempt->save();
  };
  const auto without = mend(false, 0.5);
  CHECK(mend(false, 0.9) == without);
  const auto with = mend(true, 0.5);
  CHECK(with != without);
  CHECK(mend(true, 0.5) == with);
  CHECK(mend(true, 0.9) != with);
  CHECK(mend(true, 0.5, 2.0) != with);
  CHECK(mend(false, 0.5, 2.0) == without);
}

TEST_CASE("a saved model that is damaged is refused before it has a say") {
  const Task& task = *find_task("merge");
  const Settings settings = hurried_settings();
  const AttemptContext context{task, standard_modules(), settings};
  const auto attempt = make_attempt(context, 0);
  while (attempt->progress().arm != Arm::joint) {
    (void)attempt->advance();
  }
  Json saved = Json::from_cbor(attempt->save());
  Json gradient = Json::from_cbor(saved["gradient"].get_binary());
  std::vector<float> best = floats_from(gradient["best"]);
  best[7] = std::numeric_limits<float>::quiet_NaN();
  gradient["best"] = to_json(best);
  saved["gradient"] = Json::binary(Json::to_cbor(gradient));
  CHECK_THROWS_AS((void)restore_attempt(context, Json::to_cbor(saved)), Error);
}
