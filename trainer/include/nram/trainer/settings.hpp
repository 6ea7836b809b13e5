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
struct Settings {
  // The machine and its controller.
  unsigned registers = 0;     ///< 0 = 3 to 6, attempts taking turns
  unsigned hidden = 32;       ///< size of each hidden layer
  unsigned layers = 1;        ///< hidden layers of a feed-forward controller, 0 to 2
  bool lstm = false;          ///< an LSTM controller instead of a feed-forward one
  unsigned loaded_cells = 3;  ///< first cells that programs of the search and of soft flow charts
                              ///< may begin by loading
  double init_scale = 1.0;    ///< initial weights are normal with this / sqrt(inputs)

  // The optimiser (Adam).
  unsigned batch = 64;  ///< examples an iteration, a multiple of 16
  double learning_rate = 0.01;
  double clip_element = 0.5;  ///< each gradient component is limited to this; 0 = off
  double clip_norm = 5.0;     ///< then the norm of the gradient; 0 = off
  double noise = 0.0;         ///< standard deviation of gradient noise at iteration 0
  double noise_decay = 0.55;  ///< it shrinks as (1 + iteration)^-noise_decay

  // The cost.
  bool preserve = false;         ///< cells that are not results must keep their value
  double preserve_weight = 1.0;  ///< weight of such a cell beside a result cell
  double step_price = 0.1;       ///< cost of each expected step: teaches to stop
  double entropy = 0.0;          ///< bonus on the entropy of the selectors at iteration 0
  double entropy_decay = 0.002;  ///< it shrinks by exp(-this) an iteration
  unsigned slack_steps = 2;      ///< the budget of steps is raised by a random number up to this

  // The curriculum.
  double level_error = 0.1;  ///< the level rises when the soft error on it falls below this

  // The portfolio: streams of attempts that advance side by side, in portions of work.
  bool gradient = true;                 ///< attempts by gradient descent
  bool repair = true;                   ///< search mends what an attempt by gradient ends with
  unsigned repair_candidates = 300000;  ///< that it may try
  bool joint = true;                    ///< the soft model proposes some of them
  double joint_share = 0.2;             ///< this share
  double joint_gradient = 0.0;          ///< how much the gradient of the cost has a say in that
  bool search = true;                   ///< attempts by discrete search
  unsigned streams = 4;                 ///< shared out among the arms
  unsigned attempts = 100000;           ///< at most this many, over all streams
  bool vary = true;  ///< attempts by gradient scatter some settings, see varied_settings()
  unsigned iterations = 6000;  ///< of an attempt by gradient, at most
  unsigned patience = 600;     ///< iterations for the next level of the curriculum; twice as many
                               ///< at the last one
  unsigned test_every = 25;    ///< iterations between two tests as a hard program
  bool charts = true;          ///< seven in eight attempts by gradient are at soft flow charts
  unsigned chart_states = 0;   ///< of a soft flow chart; 0 = 1 to 3, attempts taking turns
  double chart_modules = 0.3;  ///< mean chance of a module to be among those of a soft flow chart
  unsigned chart_rounds = 0;   ///< how often they run in a step, 1 or 2; 0 = in turn, or 1 if there
                               ///< are `registers`, as programs of 2 may take more of them
  unsigned chart_iterations = 150;  ///< for learning anew what has been forgotten
  unsigned chart_patience = 25;     ///< times of that without a better chart, until an attempt ends
  double chart_rate = 0.1;          ///< step size of Adam for soft flow charts
  double any_time = 0.02;           ///< as in CostSettings, for soft flow charts
  unsigned states = 0;            ///< of the search's programs, at most; more than 1: the model is
                                  ///< an LSTM; 0 = 6 to 12, attempts taking turns
  unsigned candidates = 4000000;  ///< of an attempt by search, unless it still improves
  unsigned polish_candidates = 300000;  ///< tried to make a found program quicker and smaller
  std::uint64_t seed = 1;
};

/// One setting as data: for the command line, metadata, checkpoints and experiments.
struct SettingRow {
  std::string_view name;  ///< as in `--learning-rate`
  std::variant<unsigned Settings::*, bool Settings::*, double Settings::*,
               std::uint64_t Settings::*>
      member;
  double low;   ///< smallest allowed value
  double high;  ///< largest allowed value
  std::string_view help;
};

/// All settings, in a fixed order.
std::span<const SettingRow> setting_rows();

/// The value of a setting as text that set() reads back exactly.
std::string get(const Settings& settings, const SettingRow& row);

/// Throws Error(usage), naming the setting and its range, if the text is not such a value.
void set(Settings& settings, const SettingRow& row, std::string_view text);

/// "name=value" for every setting, separated by blanks.
std::string describe(const Settings& settings);

}  // namespace nram
