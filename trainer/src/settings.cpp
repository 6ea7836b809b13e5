#include <array>
#include <charconv>
#include <type_traits>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/settings.hpp>

namespace nram {
namespace {

using S = Settings;

constexpr double many = 1e9;

constexpr std::array setting_table = {
    SettingRow{"registers", &S::registers, 0, 8, "registers of the machine; 0 = 3 to 6, in turn"},
    SettingRow{"hidden", &S::hidden, 1, 1024, "size of each hidden layer of the controller"},
    SettingRow{"layers", &S::layers, 0, 2, "hidden layers of a feed-forward controller"},
    SettingRow{"lstm", &S::lstm, 0, 1, "an LSTM controller instead of a feed-forward one"},
    SettingRow{"loaded-cells", &S::loaded_cells, 0, 8,
               "first cells that programs may begin by loading; none if there are fewer registers"},
    SettingRow{"init-scale", &S::init_scale, 0, 100, "size of the initial weights"},
    SettingRow{"batch", &S::batch, 16, 65536, "examples an iteration, a multiple of 16"},
    SettingRow{"learning-rate", &S::learning_rate, 0, 10, "step size of Adam"},
    SettingRow{"clip-element", &S::clip_element, 0, many,
               "limit of a gradient component; 0 = none"},
    SettingRow{"clip-norm", &S::clip_norm, 0, many, "limit of the gradient's norm; 0 = none"},
    SettingRow{"noise", &S::noise, 0, many, "standard deviation of the initial gradient noise"},
    SettingRow{"noise-decay", &S::noise_decay, 0, 10, "noise shrinks as (1 + iteration)^-this"},
    SettingRow{"preserve", &S::preserve, 0, 1, "cells that are not results must keep their value"},
    SettingRow{"preserve-weight", &S::preserve_weight, 0, many,
               "weight of such a cell in the cost"},
    SettingRow{"step-price", &S::step_price, 0, many, "cost of each expected step"},
    SettingRow{"entropy", &S::entropy, 0, many, "initial bonus on the entropy of the selectors"},
    SettingRow{"entropy-decay", &S::entropy_decay, 0, 10, "the bonus shrinks by exp(-this) a step"},
    SettingRow{"slack-steps", &S::slack_steps, 0, 1000, "random extra steps in training, at most"},
    SettingRow{"level-error", &S::level_error, 0, 1, "soft error below which the level rises"},
    SettingRow{"gradient", &S::gradient, 0, 1, "attempts by gradient descent"},
    SettingRow{"repair", &S::repair, 0, 1, "discrete search from what the gradient ends with"},
    SettingRow{"repair-candidates", &S::repair_candidates, 1, 4e9, "candidates of such a search"},
    SettingRow{"joint", &S::joint, 0, 1, "proposals of the soft model to that search"},
    SettingRow{"joint-share", &S::joint_share, 0, 1, "share of its candidates that come from them"},
    SettingRow{"joint-gradient", &S::joint_gradient, 0, 1000,
               "weight of the cost's gradient in them; 0 = none"},
    SettingRow{"search", &S::search, 0, 1, "attempts by discrete search"},
    SettingRow{"streams", &S::streams, 1, 1024, "attempts that advance side by side"},
    SettingRow{"attempts", &S::attempts, 1, many, "attempts, at most"},
    SettingRow{"vary", &S::vary, 0, 1,
               "attempts by gradient scatter their settings around the given ones"},
    SettingRow{"iterations", &S::iterations, 1, many,
               "iterations of an attempt by gradient, at most"},
    SettingRow{"patience", &S::patience, 1, many,
               "iterations for the next level; an attempt by gradient ends without it"},
    SettingRow{"test-every", &S::test_every, 1, many, "iterations between two hard tests"},
    SettingRow{"charts", &S::charts, 0, 1, "attempts by gradient at soft flow charts"},
    SettingRow{"chart-states", &S::chart_states, 0, 64,
               "states of a soft flow chart; 0 = 1 to 3, in turn"},
    SettingRow{"chart-modules", &S::chart_modules, 0, 1,
               "chance of a module to be among those of a soft flow chart, in the mean"},
    SettingRow{
        "chart-rounds", &S::chart_rounds, 0, 2,
        "rounds of these modules in a step, 2 may take more registers; 0 = in turn, or 1 with "
        "--registers"},
    SettingRow{"chart-iterations", &S::chart_iterations, 1, many,
               "iterations of learning anew what a soft flow chart has forgotten"},
    SettingRow{"chart-patience", &S::chart_patience, 1, many,
               "times of that without a better chart, until an attempt ends"},
    SettingRow{"chart-rate", &S::chart_rate, 0, 10, "step size of Adam for soft flow charts"},
    SettingRow{"any-time", &S::any_time, 0, 1,
               "how far a result counts that is right before or after the end"},
    SettingRow{"states", &S::states, 0, 16,
               "controller states of the search's programs, at most; 1 = feed-forward, "
               "0 = 6, 8, 10 and 12 in turn"},
    SettingRow{"candidates", &S::candidates, 1, 4e9,
               "candidates of an attempt by search; one that still improves goes on"},
    SettingRow{"polish-candidates", &S::polish_candidates, 0, 4e9,
               "tried to make what the search has found quicker and smaller"},
    SettingRow{"seed", &S::seed, 0, 9007199254740992.0, "seed of everything random"},
};

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

std::string get(const Settings& settings, const SettingRow& row) {
  // fmt prints the shortest text that reads back as the same number.
  return std::visit([&](auto member) { return fmt::format("{}", settings.*member); }, row.member);
}

void set(Settings& settings, const SettingRow& row, std::string_view text) {
  std::visit(
      [&](auto member) {
        std::remove_reference_t<decltype(settings.*member)> value{};
        const bool readable = parse(text, value);
        const auto number = static_cast<double>(value);
        if (!readable || !(number >= row.low && number <= row.high)) {
          throw Error(ErrorKind::usage,
                      std::is_same_v<decltype(value), bool>
                          ? fmt::format("{}: '{}' is neither true nor false", row.name, text)
                          : fmt::format("{}: '{}' is not a number from {} to {}", row.name, text,
                                        row.low, row.high));
        }
        settings.*member = value;
      },
      row.member);
}

std::string describe(const Settings& settings) {
  std::string text;
  for (const SettingRow& row : setting_table) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", row.name, get(settings, row));
  }
  return text;
}

}  // namespace nram
