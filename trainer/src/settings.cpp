#include <algorithm>
#include <array>
#include <charconv>
#include <type_traits>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/settings.hpp>

namespace nram {
namespace {

#define NRAM_SETTINGS_BEGIN(Type, group, title) constexpr std::string_view title_of_##group = title;
#define NRAM_SETTING(group, type, field, name, initial, low, high, help)
#define NRAM_SETTINGS_END(Type, group)
#include <nram/trainer/settings.def>

constexpr auto setting_table = std::to_array<SettingRow>({
#define NRAM_SETTINGS_BEGIN(Type, group, title)
#define NRAM_SETTING(group, type, field, name, initial, low, high, help)               \
  {name,                                                                               \
   title_of_##group,                                                                   \
   [](Settings& settings) -> SettingRow::Place { return &settings.group.field; },      \
   [](const Settings& settings) -> SettingRow::Value { return settings.group.field; }, \
   std::is_same_v<type, bool>,                                                         \
   low,                                                                                \
   high,                                                                               \
   help},
#define NRAM_SETTINGS_END(Type, group)
#include <nram/trainer/settings.def>
});

template <typename T>
bool parse(std::string_view text, T& value) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && stop == end;
}

bool parse(std::string_view text, bool& value) {
  value = text == "true";
  return text == "true" || text == "false";
}

}  // namespace

std::span<const SettingRow> setting_rows() { return setting_table; }

const SettingRow* find_setting(std::string_view name) {
  const auto row = std::ranges::find(setting_table, name, &SettingRow::name);
  return row == setting_table.end() ? nullptr : &*row;
}

std::string get(const Settings& settings, const SettingRow& row) {
  // fmt prints the shortest text that reads back as the same number.
  return std::visit([](auto value) { return fmt::format("{}", value); }, row.value(settings));
}

void set(Settings& settings, const SettingRow& row, std::string_view text) {
  std::visit(
      [&](auto* place) {
        std::remove_reference_t<decltype(*place)> value{};
        const bool readable = parse(text, value);
        const auto number = static_cast<double>(value);
        if (!readable || !(number >= row.low && number <= row.high)) {
          throw Error(ErrorKind::usage,
                      row.is_switch
                          ? fmt::format("{}: '{}' is neither true nor false", row.name, text)
                          : fmt::format("{}: '{}' is not a number from {} to {}", row.name, text,
                                        row.low, row.high));
        }
        *place = value;
      },
      row.place(settings));
}

std::string settings_document() {
  const Settings usual;
  std::string text =
      "# Settings\n\nMade from trainer/include/nram/trainer/settings.def; a test compares the two. "
      "Each is an\noption of `nram train`; a switch that is on by default is switched off by "
      "`--no-NAME`.\n";
  std::string_view group;
  for (const SettingRow& row : setting_table) {
    if (row.group != group) {
      group = row.group;
      text += fmt::format(
          "\n## {}\n\n| name | default | range | what it does |\n|---|---|---|---|\n", group);
    }
    const std::string range =
        row.is_switch ? "true, false" : fmt::format("{} to {}", row.low, row.high);
    text += fmt::format("| `{}` | {} | {} | {} |\n", row.name, get(usual, row), range, row.help);
  }
  return text;
}

std::string describe(const Settings& settings) {
  std::string text;
  for (const SettingRow& row : setting_table) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", row.name, get(settings, row));
  }
  return text;
}

}  // namespace nram
