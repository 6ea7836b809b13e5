#include "attempt_support.hpp"
#include "portfolio/arms.hpp"
#include "small_settings.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/settings.hpp>

namespace nram {
namespace {

TEST_CASE("docs/settings.md says what settings.def says") {
  std::ifstream file(std::string(NRAM_DOCS) + "/settings.md");
  const std::string documented{std::istreambuf_iterator<char>(file), {}};
  const auto fresh = std::filesystem::temp_directory_path() / "nram-settings.md";
  if (documented != settings_document()) {
    std::ofstream(fresh) << settings_document();
  }
  INFO("what it should be is in ", fresh.string());
  CHECK(documented == settings_document());
}

TEST_CASE("every setting has a name of its own, a default within its range, and is found") {
  const Settings usual;
  std::set<std::string_view> names;
  for (const SettingRow& row : setting_rows()) {
    CAPTURE(row.name);
    CHECK(names.insert(row.name).second);
    CHECK(find_setting(row.name) == &row);
    CHECK_FALSE(row.help.empty());
    Settings copy = usual;
    CHECK_NOTHROW(set(copy, row, get(usual, row)));
    CHECK_THROWS_WITH_AS(set(copy, row, "x"), doctest::Contains(std::string(row.name).c_str()),
                         Error);
  }
  CHECK(find_setting("no such setting") == nullptr);
}

TEST_CASE("a setting is the field of its group") {
  Settings settings;
  set(settings, *find_setting("automaton-states"), "2");
  set(settings, *find_setting("states"), "3");
  set(settings, *find_setting("slots"), "5");
  CHECK(settings.automaton.states == 2);
  CHECK(settings.annealing.states == 3);
  CHECK(settings.portfolio.slots == 5);
}

TEST_CASE("settings are read back from their text exactly, and only within their range") {
  Settings settings;
  Settings copy;
  settings.optimizer.learning_rate = 0.1 + 0.2;
  settings.cost.preserve = true;
  settings.portfolio.seed = 1234567890123;
  for (const SettingRow& row : setting_rows()) {
    set(copy, row, get(settings, row));
  }
  CHECK(describe(copy) == describe(settings));
  CHECK(copy.optimizer.learning_rate == settings.optimizer.learning_rate);
  const SettingRow& registers = *find_setting("registers");
  CHECK_THROWS_WITH_AS(set(copy, registers, "9"), doctest::Contains("registers"), Error);
  CHECK_THROWS_AS(set(copy, registers, "3x"), Error);
  CHECK_THROWS_AS(set(copy, registers, ""), Error);
  CHECK_THROWS_AS(set(copy, registers, "-1"), Error);
}

// Settings with which an attempt of any arm is over in no time.
Settings quick_settings_of(Arm arm) {
  Settings settings = small_settings(
      {.iterations = 8, .test_every = 4, .candidates = 2000, .polish_candidates = 500});
  settings.optimizer.noise = 0.1;
  settings.cost.entropy = 0.1;
  settings.automaton.patience = 1;
  settings.annealing.states = 2;
  settings.portfolio.joint = arm == Arm::joint;
  return settings;
}

// What an attempt of the arm has come to at its end.
std::vector<std::uint8_t> end_of_attempt(Arm arm, const Settings& settings) {
  constexpr std::uint64_t number = 1;
  const AttemptContext context{*find_task("access"), Machine::standard(1).modules(), settings};
  const auto attempt = row_of(arm).make(context, number);
  AttemptStatus status = AttemptStatus::running;
  while (status == AttemptStatus::running || status == AttemptStatus::polishing) {
    status = attempt->advance();
  }
  return attempt->save();
}

// Another value that the setting may have.
Settings with_other_value(Settings settings, const SettingRow& row) {
  std::visit(
      [&](auto* place) {
        using T = std::remove_reference_t<decltype(*place)>;
        *place = static_cast<double>(*place) == row.low ? static_cast<T>(row.low + 1.0)
                                                        : static_cast<T>(row.low);
      },
      row.place(settings));
  return settings;
}

TEST_CASE("an arm does not depend on settings that it does not go by") {
  for (const Arm arm : {Arm::gradient, Arm::automaton, Arm::annealing, Arm::repair, Arm::joint}) {
    const Settings settings = quick_settings_of(arm);
    const std::vector<std::uint8_t> usual = end_of_attempt(arm, settings);
    for (const SettingRow& row : setting_rows()) {
      if ((row.arms & arm_set::of(arm)) == 0) {
        CAPTURE(name_of(arm));
        CAPTURE(row.name);
        CHECK(end_of_attempt(arm, with_other_value(settings, row)) == usual);
      }
    }
  }
}

TEST_CASE("what an arm has found tells the settings that it goes by, with something to say") {
  const auto tells = [](const Settings& settings, Arm arm, const std::string& name) {
    return (" " + describe(settings, arm, false)).find(" " + name + "=") != std::string::npos;
  };
  Settings settings;
  for (const Arm arm : {Arm::gradient, Arm::automaton, Arm::annealing, Arm::repair, Arm::joint}) {
    CHECK(tells(settings, arm, "registers"));
    CHECK(tells(settings, arm, "seed"));
    CHECK(tells(settings, arm, "candidates") == (arm == Arm::annealing));
    CHECK(tells(settings, arm, "automaton-rate") == (arm == Arm::automaton));
    CHECK(tells(settings, arm, "joint-share") == (arm == Arm::joint));
    CHECK(tells(settings, arm, "hidden") == (arm != Arm::annealing && arm != Arm::automaton));
    CHECK_FALSE(tells(settings, arm, "noise-decay"));
    CHECK_FALSE(tells(settings, arm, "look-further"));  // a built-in task
    CHECK(describe(settings, arm, true).find(" look-further=1 ") != std::string::npos);
  }
  CHECK(tells(settings, Arm::annealing, "automata"));
  settings.portfolio.gradient = false;
  CHECK_FALSE(tells(settings, Arm::annealing, "automata"));
  settings.controller.lstm = true;
  CHECK_FALSE(tells(settings, Arm::gradient, "layers"));
  CHECK(tells(settings, Arm::gradient, "hidden"));
}

TEST_CASE("a setting that does nothing beside the others is told why") {
  const auto reason = [](const Settings& settings, std::string_view name) {
    return idle_reason(settings, *find_setting(name)).value_or("");
  };
  Settings settings;
  for (const SettingRow& row : setting_rows()) {
    const bool is_decay = row.name == "noise-decay" || row.name == "entropy-decay";
    CHECK_MESSAGE(idle_reason(settings, row).has_value() == is_decay, row.name);
  }
  settings.portfolio.repair = false;
  CHECK(reason(settings, "joint-share") == "repair is switched off");
  settings.portfolio.gradient = false;
  CHECK(reason(settings, "hidden") == "the arms by gradient are switched off");
  CHECK(reason(settings, "automaton-rate") == "the arms by gradient are switched off");
  CHECK(reason(settings, "prologue-cells").empty());  // annealing goes by it
  settings.portfolio.annealing = false;
  CHECK(reason(settings, "states") == "annealing is switched off");
}

TEST_CASE("differences of settings are told in a line, whatever a file says") {
  Settings settings;
  CHECK(differences(describe(settings), settings).empty());
  Settings other = settings;
  other.portfolio.seed = 9;
  other.cost.preserve = true;
  CHECK(differences(describe(other), settings) ==
        "preserve was true and is false, seed was 9 and is 1");
  const std::string strange = describe(settings) + " colour=\x1b[31m";
  CHECK(differences(strange, settings) == "colour was \\x1b[31m and is unknown");
  const std::string nothing = differences("", settings);
  CHECK(nothing.ends_with("more"));
  CHECK(nothing.size() < 400);
  CHECK(differences(std::string(100'000, '='), settings).size() < 400);
}

}  // namespace
}  // namespace nram
