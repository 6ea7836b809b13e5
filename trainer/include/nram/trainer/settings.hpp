#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nram/trainer/progress.hpp>

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
#define NRAM_SETTING(group, type, field, name, initial, low, high, arms, help) type field = initial;
#define NRAM_SETTINGS_END(Type, group) \
  }                                    \
  ;                                    \
  Type group;
#include <nram/trainer/settings.def>
};

/// Some of the arms: bit A stands for the arm whose number in the enumeration is A.
using ArmSet = std::uint8_t;

namespace arm_set {

constexpr ArmSet of(Arm arm) { return static_cast<ArmSet>(1U << static_cast<unsigned>(arm)); }

constexpr bool has(ArmSet arms, Arm arm) { return (arms & of(arm)) != 0; }

inline constexpr ArmSet automata = of(Arm::automaton);
inline constexpr ArmSet annealing = of(Arm::annealing);
inline constexpr ArmSet joint = of(Arm::joint);
inline constexpr ArmSet repairs = of(Arm::repair) | joint;
/// Those that begin with a controller and its gradient; a repair goes on from there.
inline constexpr ArmSet controllers = of(Arm::gradient) | repairs;
inline constexpr ArmSet all = controllers | automata | annealing;

}  // namespace arm_set

/// The arms whose settings have something to say: those that get attempts, whatever the task, and
/// the gradient that a repair begins with. Which of them attempt N is of, trainer/src/attempt_plan
/// says.
ArmSet arms_in_play(const Settings& settings);

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
  ArmSet arms;     ///< that go by it: all, by what says which arms there are
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

/// The same of those settings that attempts of this arm go by, and that the others leave something
/// to say: what a model that the arm has found says of its settings. Those that are for files of
/// examples only are left out if the task is none.
std::string describe(const Settings& settings, Arm arm, bool is_of_file);

/// Whether the setting is for files of examples only.
bool is_for_files(const SettingRow& row);

/// Why a setting does nothing beside the other ones, as in "annealing is switched off": a half of a
/// sentence, lower case; nothing if it does something.
std::optional<std::string> idle_reason(const Settings& settings, const SettingRow& row);

/// How settings differ from those that describe() has told before, possibly of a file: "seed was 7
/// and is 1, states was 0 and is 2", of as many as a line holds; empty if they are the same.
std::string differences(std::string_view described, const Settings& settings);

}  // namespace nram
