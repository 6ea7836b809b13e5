#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nram {

/// Everything that decides what a training run computes, and nothing that only decides how fast
/// (threads) or for how long (time budget). Two runs with equal settings, task and examples yield
/// the same bytes.
///
/// Settings are grouped by what they belong to; settings.def declares each of them once, with its
/// default, range and meaning, and docs/settings.md is made from it.
///
///     Settings settings;
///     settings.machine.registers = 3;
///     settings.portfolio.seed = 7;
struct Settings {
#define NRAM_SETTINGS_BEGIN(Type, group, title) struct Type {
#define NRAM_SETTING(group, type, field, name, initial, low, high, help) type field = initial;
#define NRAM_SETTINGS_END(Type, group) \
  }                                    \
  ;                                    \
  Type group;
#include <nram/trainer/settings.def>
};

/// One setting as data: for the command line, metadata, checkpoints and experiments.
struct SettingRow {
  /// Where a setting is: the field of a group, of one of these types.
  using Place = std::variant<unsigned*, bool*, double*, std::uint64_t*>;
  using Value = std::variant<unsigned, bool, double, std::uint64_t>;

  std::string_view name;   ///< as in `--learning-rate`
  std::string_view group;  ///< the title of its group
  Place (*place)(Settings&);
  Value (*value)(const Settings&);
  bool is_switch;  ///< whether it is true or false
  double low;      ///< smallest allowed value
  double high;     ///< largest allowed value
  std::string_view help;
};

/// All settings, group by group.
std::span<const SettingRow> setting_rows();

/// The row of this name, or null.
const SettingRow* find_setting(std::string_view name);

/// The value of a setting as text that set() reads back exactly.
std::string get(const Settings& settings, const SettingRow& row);

/// Throws Error(usage), naming the setting and its range, if the text is not such a value.
void set(Settings& settings, const SettingRow& row, std::string_view text);

/// All settings as tables of Markdown, a table for each group: what docs/settings.md holds.
std::string settings_document();

/// "name=value" for every setting, separated by blanks.
std::string describe(const Settings& settings);

}  // namespace nram
