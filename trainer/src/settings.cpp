#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <type_traits>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/printable.hpp>
#include <nram/trainer/settings.hpp>

namespace nram {
namespace {

#define NRAM_SETTINGS_BEGIN(Type, group, title) constexpr std::string_view title_of_##group = title;
#define NRAM_SETTING(group, type, field, name, initial, low, high, arms, help)
#define NRAM_SETTINGS_END(Type, group)
#include <nram/trainer/settings.def>

constexpr auto setting_table = std::to_array<SettingRow>({
#define NRAM_SETTINGS_BEGIN(Type, group, title)
#define NRAM_SETTING(group, type, field, name, initial, low, high, arms, help)         \
  {name,                                                                               \
   title_of_##group,                                                                   \
   [](Settings& settings) -> SettingRow::Place { return &settings.group.field; },      \
   [](const Settings& settings) -> SettingRow::Value { return settings.group.field; }, \
   std::is_same_v<type, bool>,                                                         \
   low,                                                                                \
   high,                                                                               \
   arms,                                                                               \
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

// Why none of these arms gets an attempt.
std::string_view reason_for_no_turn(const Settings& settings, ArmSet arms) {
  if (arms == arm_set::annealing) {
    return "annealing is switched off";
  }
  if (!settings.portfolio.gradient) {
    return "the arms by gradient are switched off";
  }
  if (arms == arm_set::automata) {
    return "automata are switched off";
  }
  if (settings.controller.lstm) {
    return "what an LSTM ends with is not repaired";
  }
  return settings.portfolio.repair ? "the soft model makes no proposals" : "repair is switched off";
}

// Why a setting has nothing to say to the arms that go by it.
std::optional<std::string> idle_beside(const Settings& settings, const SettingRow& row) {
  const bool is_lstm = settings.controller.lstm;
  const bool is_flat = !is_lstm && settings.controller.layers == 0;
  if (row.name == "layers" && is_lstm) {
    return "an LSTM has one layer";
  }
  if (row.name == "hidden" && is_flat) {
    return "the controller has no hidden layer";
  }
  if (row.name == "noise-decay" && settings.optimizer.noise == 0.0) {
    return "there is no noise";
  }
  if (row.name == "entropy-decay" && settings.cost.entropy == 0.0) {
    return "there is no bonus on the entropy";
  }
  return std::nullopt;
}

// A switch within the arms by gradient where there are none: nobody is hindered from giving it, but
// it says nothing of what was found.
bool is_moot(const Settings& settings, const SettingRow& row) {
  const bool is_within = row.name == "automata" || row.name == "repair" || row.name == "joint";
  return is_within &&
         (!settings.portfolio.gradient || (row.name == "joint" && !settings.portfolio.repair));
}

std::string assignment(const Settings& settings, const SettingRow& row) {
  return fmt::format("{}={}", row.name, get(settings, row));
}

std::string joined(const std::vector<std::string>& texts, std::string_view between) {
  return fmt::format("{}", fmt::join(texts, between));
}

// "name=value" for each name.
std::map<std::string_view, std::string_view> assignments_in(std::string_view text) {
  std::map<std::string_view, std::string_view> values;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    const std::size_t equals = std::min(word.find('='), word.size());
    values.emplace(word.substr(0, equals), word.substr(std::min(equals + 1, word.size())));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return values;
}

// The arms of a row, as docs/settings.md names them.
std::string names_of(ArmSet arms) {
  if (arms == arm_set::all) {
    return "all";
  }
  std::vector<std::string> names;
  for (const Arm arm : {Arm::gradient, Arm::automaton, Arm::annealing, Arm::repair, Arm::joint}) {
    if (arm_set::has(arms, arm)) {
      names.emplace_back(name_of(arm));
    }
  }
  return joined(names, ", ");
}

}  // namespace

ArmSet arms_in_play(const Settings& settings) {
  const Settings::Portfolio& on = settings.portfolio;
  ArmSet arms = on.annealing ? arm_set::annealing : ArmSet{0};
  if (on.gradient) {
    arms |= arm_set::of(Arm::gradient);
    arms |= on.automata ? arm_set::automata : ArmSet{0};
    // Annealing repairs the programs of feed-forward controllers.
    if (on.repair && !settings.controller.lstm) {
      arms |= arm_set::of(on.joint ? Arm::joint : Arm::repair);
    }
  }
  return arms;
}

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
          const std::string quoted = printable(text, longest_quote);
          throw Error(ErrorKind::usage,
                      row.is_switch
                          ? fmt::format("{}: '{}' is neither true nor false", row.name, quoted)
                          : fmt::format("{}: '{}' is not a{} number from {} to {}", row.name,
                                        quoted, std::is_integral_v<decltype(value)> ? " whole" : "",
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
      "`--no-NAME`. A model says of its\nsettings those of the arm that has found it.\n";
  std::string_view group;
  for (const SettingRow& row : setting_table) {
    if (row.group != group) {
      group = row.group;
      text += fmt::format(
          "\n## {}\n\n| name | default | range | arms | what it does |\n|---|---|---|---|---|\n",
          group);
    }
    const std::string range =
        row.is_switch ? "true, false" : fmt::format("{} to {}", row.low, row.high);
    text += fmt::format("| `{}` | {} | {} | {} | {} |\n", row.name, get(usual, row), range,
                        names_of(row.arms), row.help);
  }
  return text;
}

std::string describe(const Settings& settings) {
  std::vector<std::string> texts;
  texts.reserve(setting_table.size());
  for (const SettingRow& row : setting_table) {
    texts.push_back(assignment(settings, row));
  }
  return joined(texts, " ");
}

bool is_for_files(const SettingRow& row) { return row.name == "look-further"; }

std::string describe(const Settings& settings, Arm arm, bool is_of_file) {
  std::vector<std::string> texts;
  for (const SettingRow& row : setting_table) {
    const bool goes_by = arm_set::has(row.arms, arm);
    const bool is_foreign = is_for_files(row) && !is_of_file;
    if (goes_by && !is_foreign && !idle_beside(settings, row) && !is_moot(settings, row)) {
      texts.push_back(assignment(settings, row));
    }
  }
  return joined(texts, " ");
}

std::optional<std::string> idle_reason(const Settings& settings, const SettingRow& row) {
  if ((row.arms & arms_in_play(settings)) == 0) {
    return std::string(reason_for_no_turn(settings, row.arms));
  }
  return idle_beside(settings, row);
}

std::string differences(std::string_view described, const Settings& settings) {
  constexpr std::size_t most = 6;
  constexpr std::string_view missing = "unknown";
  auto before = assignments_in(described);
  std::vector<std::string> texts;
  const auto add = [&](std::string_view name, std::string_view was, std::string_view is) {
    texts.push_back(fmt::format("{} was {} and is {}", printable(name, longest_quote),
                                printable(was, longest_quote), is));
  };
  for (const SettingRow& row : setting_table) {
    const auto found = before.find(row.name);
    const std::string now = get(settings, row);
    const std::string_view was = found == before.end() ? missing : found->second;
    if (was != now) {
      add(row.name, was, now);
    }
    before.erase(row.name);
  }
  for (const auto& [name, was] : before) {
    add(name, was, missing);
  }
  if (texts.size() > most) {
    const std::size_t more = texts.size() - most;
    texts.resize(most);
    texts.push_back(fmt::format("and {} more", more));
  }
  return joined(texts, ", ");
}

}  // namespace nram
