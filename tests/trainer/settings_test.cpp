#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include <doctest/doctest.h>

#include <nram/engine/error.hpp>
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

}  // namespace
}  // namespace nram
