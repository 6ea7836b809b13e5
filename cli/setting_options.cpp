#include "setting_options.hpp"

#include "unit_option.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include <nram/engine/error.hpp>

namespace nram::cli {
namespace {

/// As on the command line: what is on is switched off.
std::string option_of(const SettingRow& row) {
  const bool is_on = row.is_switch && get(Settings{}, row) == "true";
  return fmt::format("--{}{}", is_on ? "no-" : "", row.name);
}

void add_switch(CLI::App& verb, Settings& settings, const SettingRow& row) {
  const bool is_on = get(settings, row) == "true";
  const std::string help(row.help);
  verb.add_flag_callback(
          option_of(row),
          [&settings, &row, is_on] { set(settings, row, is_on ? "false" : "true"); },
          is_on ? "switch off: " + help : help)
      ->group(fmt::format("Settings: {}", row.group));
}

void add_number(CLI::App& verb, Settings& settings, const SettingRow& row) {
  CLI::Option* option =
      verb.add_option_function<std::string>(
              option_of(row),
              [&settings, &row](const std::string& text) { set(settings, row, text); },
              fmt::format("{} ({} to {})", row.help, row.low, row.high))
          ->type_name("N")
          ->default_str(get(settings, row))
          ->group(fmt::format("Settings: {}", row.group));
  if (std::holds_alternative<unsigned*>(row.place(settings))) {
    take_count(option);
  }
}

/// What settings were called before they were named in the field's words. Whoever still uses an old
/// name is told the new one.
void refuse_old_names(CLI::App& verb) {
  static constexpr std::pair<std::string_view, std::string_view> renamed[] = {
      {"loaded-cells", "prologue-cells"},
      {"step-price", "ponder-cost"},
      {"no-search", "no-annealing"},
      {"streams", "slots"},
      {"no-charts", "no-automata"},
      {"chart-states", "automaton-states"},
      {"chart-modules", "automaton-modules"},
      {"chart-rounds", "automaton-rounds"},
      {"chart-patience", "automaton-patience"},
      {"chart-iterations", "automaton-iterations"},
      {"chart-rate", "automaton-rate"},
  };
  for (const auto& pair : renamed) {
    const auto refuse = [old_name = pair.first,
                         new_name = pair.second](const CLI::results_t&) -> bool {
      throw Error(ErrorKind::usage, fmt::format("--{} is called --{} now", old_name, new_name));
    };
    verb.add_option(fmt::format("--{}", pair.first), refuse)->expected(0, 1)->group("");
  }
}

}  // namespace

void add_settings(CLI::App& verb, Settings& settings) {
  for (const SettingRow& row : setting_rows()) {
    if (row.is_switch) {
      add_switch(verb, settings, row);
    } else {
      add_number(verb, settings, row);
    }
  }
  refuse_old_names(verb);
}

void require_effect(const CLI::App& verb, const Settings& settings, bool is_of_file) {
  for (const SettingRow& row : setting_rows()) {
    const std::string option = option_of(row);
    const bool needs_file = is_for_files(row) && !is_of_file;
    const std::optional<std::string> reason =
        needs_file ? std::optional<std::string>("it is for files of examples (--examples)")
                   : idle_reason(settings, row);
    if (reason && verb.count(option) > 0) {
      throw Error(ErrorKind::usage,
                  fmt::format("{} does nothing here: {}; leave it out", option, *reason));
    }
  }
}

}  // namespace nram::cli
