#include "attempt_plan.hpp"

#include <algorithm>

#include <doctest/doctest.h>

namespace nram {
namespace {

struct Kinds {
  unsigned prologue = 0;   // the first cells in registers
  unsigned comparing = 0;  // features
  unsigned looping = 0;    // harder examples, few registers

  friend bool operator==(const Kinds&, const Kinds&) = default;
};

Kinds kinds_of(const Settings& settings, std::initializer_list<std::uint64_t> attempts) {
  Kinds kinds;
  for (const std::uint64_t number : attempts) {
    const AnnealingPlan plan = annealing_plan(settings, number);
    kinds.prologue += plan.prologue_cells > 0 ? 1 : 0;
    CHECK(plan.limit_steps == (plan.prologue_cells > 0));  // keeps others from finding loops
    kinds.comparing += plan.features > 0.0 ? 1 : 0;
    kinds.looping += plan.levels == discrete::Levels::harder && plan.registers < 6 ? 1 : 0;
  }
  return kinds;
}

TEST_CASE("attempts take the plans in turn, however many slots there are") {
  Settings settings;
  settings.portfolio.slots = 4;
  // Slot 0 has gradients every other time, and one plan otherwise. The others share out all nine.
  CHECK(kinds_of(settings, {4, 12, 20}) == Kinds{3, 0, 0});
  CHECK(kinds_of(settings, {1, 2, 3}) == Kinds{1, 1, 1});
  CHECK(kinds_of(settings, {5, 6, 7}) == Kinds{2, 0, 1});
  CHECK(kinds_of(settings, {9, 10, 11}) == Kinds{3, 0, 0});
  CHECK(kinds_of(settings, {13, 14, 15}) == Kinds{1, 1, 1});  // as the first ones
  settings.portfolio.slots = 8;                               // 0 and 4 have gradients
  CHECK(kinds_of(settings, {1, 2, 3, 5, 6, 7, 9, 10, 11}) == Kinds{6, 1, 2});
  CHECK(kinds_of(settings, {8, 12}) == Kinds{2, 0, 0});
  settings.portfolio.slots = 1;  // gradients every other time
  CHECK(kinds_of(settings, {1, 3, 5, 7, 9, 11, 13, 15, 17}) == Kinds{6, 1, 2});
  settings.portfolio.gradient = false;
  CHECK(kinds_of(settings, {0, 1, 2, 3, 4, 5, 6, 7, 8}) == Kinds{6, 1, 2});
}

// The gradient that a repair begins with has no attempts of its own.
ArmSet with_attempts(ArmSet in_play) {
  const bool is_repaired = (in_play & arm_set::repairs) != 0;
  return is_repaired ? static_cast<ArmSet>(in_play & ~arm_set::of(Arm::gradient)) : in_play;
}

TEST_CASE("the arms in play are those that have attempts, whatever is switched off") {
  constexpr unsigned switches = 6;
  for (unsigned on = 0; on < 1U << switches; ++on) {
    Settings settings;
    settings.portfolio.annealing = (on & 1U) != 0;
    settings.portfolio.gradient = (on & 2U) != 0;
    settings.portfolio.automata = (on & 4U) != 0;
    settings.portfolio.repair = (on & 8U) != 0;
    settings.portfolio.joint = (on & 16U) != 0;
    settings.controller.lstm = (on & 32U) != 0;
    CAPTURE(on);
    const ArmSet in_play = arms_in_play(settings);
    CHECK((in_play == 0) == ((on & 3U) == 0));
    ArmSet seen = 0;
    for (std::uint64_t number = 0; in_play != 0 && number < 400; ++number) {
      seen |= arm_set::of(arm_of(settings, {}, number));
    }
    CHECK(seen == with_attempts(in_play));
  }
}

TEST_CASE("registers and states that are set hold for all plans") {
  Settings settings;
  settings.machine.registers = 3;
  settings.annealing.states = 5;
  for (std::uint64_t number = 0; number < 12; ++number) {
    CHECK(annealing_plan(settings, number).registers == 3);
    CHECK(annealing_plan(settings, number).states == 5);
    CHECK(repair_plan(settings, number).registers == 3);
    CHECK(repair_plan(settings, number).states == 1);  // what gradients leave is a table
  }
}

TEST_CASE("no plan has fewer registers than a task needs, and annealing leaves what is too large") {
  Settings settings;
  for (std::uint64_t number = 0; number < 12; ++number) {
    CHECK(registers_of(settings, number, 5) == std::max(5U, registers_of(settings, number)));
    CHECK(annealing_plan(settings, number, 5).registers ==
          std::max(5U, annealing_plan(settings, number).registers));
    CHECK(repair_plan(settings, number, 5).registers >= 5);
    CHECK(automaton_plan(settings, number, 7).registers == 7);
    CHECK(arm_of(settings, {.registers = 6}, number) == arm_of(settings, {}, number));
    CHECK(arm_of(settings, {.registers = 7}, number) != Arm::annealing);
  }
  CHECK(arm_of(settings, {.differentiable = false}, 0) == Arm::annealing);
}

TEST_CASE("there is no prologue where the settings say so") {
  Settings settings;
  settings.machine.prologue_cells = 0;
  for (std::uint64_t number = 0; number < 12; ++number) {
    CHECK(annealing_plan(settings, number).prologue_cells == 0);
  }
}

TEST_CASE("attempts by gradient scatter their settings, the same way every time, if they may") {
  Settings settings;
  const Settings one = varied_settings(settings, 1);
  CHECK(describe(varied_settings(settings, 1)) == describe(one));
  CHECK(describe(varied_settings(settings, 2)) != describe(one));
  for (std::uint64_t number = 0; number < 100; ++number) {
    const Settings varied = varied_settings(settings, number);
    CHECK(varied.optimizer.learning_rate >= settings.optimizer.learning_rate / 2);
    CHECK(varied.optimizer.learning_rate <= settings.optimizer.learning_rate * 2);
    CHECK(varied.cost.ponder_cost >= settings.cost.ponder_cost);
    CHECK(varied.cost.slack_steps >= settings.cost.slack_steps);
  }
  settings.curriculum.vary = false;
  CHECK(describe(varied_settings(settings, 1)) == describe(settings));
}

}  // namespace
}  // namespace nram
