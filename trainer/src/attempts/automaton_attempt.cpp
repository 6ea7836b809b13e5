// An attempt by gradient descent at a soft flow chart: again and again some of what has been
// learned is forgotten and learned anew, and the outcome kept if it is no worse (iterated local
// search, with gradient descent as the local search). What comes out is a model whose argmax is the
// chart.

#include "attempts/attempts.hpp"
#include "programs/learning_machine.hpp"
#include "programs/prologue.hpp"
#include "soft/soft_automaton.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/compile.hpp>
#include <nram/trainer/optimizer.hpp>
#include <nram/trainer/soft_machine.hpp>

namespace nram {
namespace {

constexpr unsigned stages = 3;        // of learning anew; after each, what is far worse is given up
constexpr unsigned first_stages = 6;  // of learning from nothing
constexpr std::array<double, stages - 1> most_worse = {0.6, 0.2};  // mean cost
constexpr double temperature = 0.02;  // what is a little worse is sometimes kept
constexpr double improvement = 0.01;  // less than this does not count as one
constexpr std::size_t further_levels = 1;
constexpr double all_loaded = 0.2;  // chance that as many cells are loaded as possible
constexpr std::size_t fewest_levels = 2;
constexpr std::size_t small = 24;       // cells
constexpr double nearly_right = 0.985;  // of the result cells: on to longer examples
constexpr unsigned judging_groups = 10;
constexpr double padded_share = 0.5;  // of groups, in which the modulus is above the task's cells
constexpr std::size_t most_padding = 3;
// A floor so high that one cell that is hopeless does not drown all others.
constexpr double log_floor = 1e-4;
// The weight of cells that are no results, unless asked for more: at first, and on longer examples,
// for which only what is right already is learned.
constexpr double other_cells = 0.1;
constexpr double later_other_cells = 0.5;
constexpr double worth_waiting = 0.9;  // of the held-out cells: there is reason to be patient
constexpr unsigned more_patience = 4;

// Machines and curricula take turns: one state or few for loops, more for what has several parts.
// Where a step does much, so that one state is enough, what is right for the shortest examples
// mostly goes on to be right; with more states, it would take their elements one by one.
struct Kind {
  unsigned states;
  unsigned registers;
  bool tied;
  unsigned rounds;     // of modules in a step
  std::size_t levels;  // to begin with
};
constexpr std::array<Kind, 6> kinds = {{{1, 4, false, 2, 2},
                                        {2, 4, true, 2, 5},
                                        {2, 4, false, 2, 5},
                                        {1, 4, false, 2, 2},
                                        {2, 4, true, 2, 5},
                                        {3, 4, true, 1, 5}}};

Kind kind_of(const Settings& settings, std::uint64_t number) {
  Kind kind = kinds[turn_of(settings, number) % kinds.size()];
  kind.states = settings.chart_states != 0 ? settings.chart_states : kind.states;
  kind.registers = settings.registers != 0 ? settings.registers : kind.registers;
  // Programs of two rounds may take more registers than they are learned with.
  kind.rounds = settings.chart_rounds != 0 ? settings.chart_rounds
                : settings.registers != 0  ? 1
                                           : kind.rounds;
  return kind;
}

// How many modules the first of two rounds may have, so that the registers for all that is kept for
// the second do not make a program too large.
std::size_t first_round_of(const Settings& settings, const Kind& kind) {
  constexpr unsigned enough = 6;
  constexpr unsigned steps_between = 3;  // a state, and one for each of its rules
  unsigned most = 0;
  while (most < enough && kind.registers + most < Machine::max_registers &&
         (std::uint64_t{steps_between} * kind.states + settings.loaded_cells)
                 << (kind.registers + most + 1) <=
             Program::max_transitions) {
    ++most;
  }
  return most;
}

// Some attempts have hardly any modules, and learn quickly; others most of what could be needed.
double module_share(const Settings& settings, Random& random) {
  return std::min(1.0, 2.0 * settings.chart_modules * random.uniform());
}

class ChartAttempt final : public Attempt {
 public:
  ChartAttempt(const AttemptContext& context, std::uint64_t number)
      : context_(context),
        number_(number),
        kind_(kind_of(context.settings, number)),
        random_(random_of(context.settings, number, Purpose::learning)),
        target_(kind_.registers, context.modules),
        learning_(target_, module_share(context.settings, random_), kind_.rounds,
                  first_round_of(context.settings, kind_), random_),
        chart_(learning_.machine(), kind_.states, kind_.tied),
        soft_(learning_.machine(), kind_.states),
        first_levels_(small_levels()),
        levels_(first_levels_),
        adam_(soft_.parameters(), AdamSettings{context.settings.chart_rate}),
        parameters_(chart_.random_weights(random_)),
        gradient_(soft_.parameters()),
        current_(parameters_),
        best_(parameters_) {
    plan_loading();
    draw_judges();
  }

  AttemptStatus advance() override {
    if (status_ == AttemptStatus::running) {
      const bool finite = learn(std::max(1U, context_.settings.chart_iterations / stages));
      ++stage_;
      settle_if_done(finite ? judge_parameters() : std::numeric_limits<double>::infinity());
    }
    return status_;
  }

  [[nodiscard]] AttemptProgress progress() const override {
    const std::uint64_t left = patience() - stale_;
    return {number_,
            status_,
            "gradient",
            work_,
            work_ + left * context_.settings.chart_iterations,
            levels_ - 1,
            std::isfinite(cost_) ? cost_ : 0.0,
            best_score_};
  }

  [[nodiscard]] Model best() const override {
    return compile_to_weights(program_of(best_), provenance(context_, number_, "gradient", work_));
  }

  [[nodiscard]] std::vector<std::uint8_t> save() const override {
    return Json::to_cbor({{"arm", "chart"},
                          {"number", number_},
                          {"status", static_cast<unsigned>(status_)},
                          {"work", work_},
                          {"levels", levels_},
                          {"stage", stage_},
                          {"stale", stale_},
                          {"cost", exact(cost_)},
                          {"best-cost", exact(best_cost_)},
                          {"random", to_json(random_)},
                          {"parameters", to_json(parameters_)},
                          {"adam-first", to_json(adam_.first_moment())},
                          {"adam-second", to_json(adam_.second_moment())},
                          {"adam-steps", adam_.steps()},
                          {"current", to_json(current_)},
                          {"best-score", to_json(best_score_)},
                          {"best", to_json(best_)}});
  }

  void restore_from(const Json& saved) {
    status_ = status_from(saved.at("status"));
    work_ = saved.at("work").get<std::uint64_t>();
    levels_ = saved.at("levels").get<std::size_t>();
    stage_ = saved.at("stage").get<unsigned>();
    stale_ = saved.at("stale").get<unsigned>();
    cost_ = exact_double(saved.at("cost"));
    best_cost_ = exact_double(saved.at("best-cost"));
    restore(random_, saved.at("random"));
    parameters_ = floats_from(saved.at("parameters"));
    current_ = floats_from(saved.at("current"));
    best_score_ = score_from(saved.at("best-score"));
    best_ = floats_from(saved.at("best"));
    const std::size_t size = soft_.parameters();
    const bool fits = parameters_.size() == size && current_.size() == size &&
                      best_.size() == size && levels_ >= 1 && levels_ <= context_.task.levels() &&
                      stage_ < stages_in_all() && stale_ <= patience();
    if (!fits) {
      throw Error(ErrorKind::data,
                  fmt::format("the saved attempt {} does not fit this machine and task", number_));
    }
    adam_.restore(floats_from(saved.at("adam-first")), floats_from(saved.at("adam-second")),
                  saved.at("adam-steps").get<std::uint64_t>());
    draw_judges();
  }

 private:
  // As many of the planned levels as have small examples: time goes with the square of the cells.
  [[nodiscard]] std::size_t small_levels() const {
    Random random = random_of(context_.settings, number_, Purpose::examples);
    const std::size_t most = std::min(kind_.levels, context_.task.levels());
    std::size_t levels = std::min(fewest_levels, most);
    while (levels < most &&
           context_.task.draw_level(levels, 1, random).front().memory.size() <= small) {
      ++levels;
    }
    return levels;
  }

  // Draws how many of the cells are loaded that there are in all examples, if it is possible.
  void plan_loading() {
    Random random = random_of(context_.settings, number_, Purpose::examples);
    std::size_t cells = context_.settings.loaded_cells;
    cells = random_.chance(all_loaded) ? cells : random_.between(0, cells);
    constexpr unsigned draws = 8;  // the sizes vary from one to the next
    for (std::size_t i = 0; i < draws * context_.task.levels(); ++i) {
      cells = loadable_cells(context_.task.draw_level(i / draws, LaneGroup::lanes, random), cells);
    }
    loaded_ = static_cast<unsigned>(loading(target_, static_cast<unsigned>(cells)).size());
  }

  // The address behind the cells is left in a register, as something that moves along would.
  static std::vector<Circuit> loading(const Machine& machine, unsigned cells) {
    return loading_circuits(machine, cells, Position::kept);
  }

  [[nodiscard]] Program program_of(std::span<const float> weights) const {
    const Program program =
        learning_.unfolded(hard_chart(learning_.machine(), chart_.layout(), weights));
    return behind(loading(program.machine(), loaded_), program);
  }

  [[nodiscard]] CostSettings cost_settings() const {
    CostSettings cost;
    cost.form = CostForm::surprise;
    cost.any_time = context_.settings.any_time;
    cost.log_floor = log_floor;
    cost.step_price = context_.settings.step_price;
    cost.renormalise = true;
    return cost;
  }

  // Cells behind those of the task: what is only right because addresses wrap around at the number
  // of cells is not right for larger moduli.
  static void pad(std::vector<Example>& examples, Random& random) {
    const std::size_t cells = examples.front().memory.size();
    const std::size_t most = std::min<std::size_t>(cells + most_padding, LaneGroup::max_modulus);
    if (most <= cells) {
      return;
    }
    const std::size_t modulus = random.between(cells + 1, most);
    for (Example& example : examples) {
      while (example.memory.size() < modulus) {
        example.memory.push_back(random.below(modulus));
        example.expected.emplace_back(std::nullopt);
      }
    }
  }

  // Registers as they are after the loading steps, which count modulo the number of cells. Where
  // something is loaded, no example sets registers itself.
  void load(Example& example) const {
    const std::size_t cells = example.memory.size();
    example.registers.assign(target_.registers(), 0);
    for (std::size_t cell = 0; cell < loaded_; ++cell) {
      example.registers[cell] = example.memory[cell % cells];
    }
    example.registers[loaded_] = loaded_ % cells;
  }

  // A level's examples as lanes, behind loaded cells.
  void draw_group(std::size_t level, unsigned extra_steps, unsigned parts, Random& random,
                  std::vector<LaneGroup>& groups) const {
    std::vector<Example> examples = context_.task.draw_level(level, LaneGroup::lanes, random);
    if (random.chance(padded_share)) {
      pad(examples, random);
    }
    for (Example& example : examples) {
      if (loaded_ != 0) {
        load(example);
      }
      // As much can be done in fewer steps.
      const std::uint64_t rounds = learning_.rounds();
      example.steps = (example.steps.value_or(0) + rounds - 1) / rounds;
    }
    const Settings& settings = context_.settings;
    const double others = settings.preserve          ? 1.0
                          : levels_ == first_levels_ ? other_cells
                                                     : later_other_cells;
    PackSettings pack;
    pack.extra_steps = extra_steps;
    pack.preserve_weight = static_cast<float>(settings.preserve_weight * others);
    pack.parts = parts;
    for (LaneGroup& group : pack_lanes(target_, examples, pack)) {
      groups.push_back(std::move(group));
    }
  }

  // The examples that say what is kept: always the same ones for the same levels.
  void draw_judges() {
    Random random = random_of(context_.settings, number_, Purpose::examples);
    judges_.clear();
    for (unsigned g = 0; g < judging_groups; ++g) {
      draw_group(g % levels_, context_.settings.slack_steps, judging_groups, random, judges_);
    }
  }

  double judge_parameters() {
    const BatchResult result = soft_.cost(parameters_, judges_, cost_settings(), workspace_);
    accuracy_ = result.accuracy;
    return result.finite ? result.cost : std::numeric_limits<double>::infinity();
  }

  // False if the gradient or the parameters are no longer finite numbers.
  bool learn(unsigned iterations) {
    const Settings& settings = context_.settings;
    for (unsigned i = 0; i < iterations; ++i) {
      // One group only: more examples an iteration are not worth their time.
      std::vector<LaneGroup> batch;
      const std::size_t level = random_.below(levels_);
      const auto extra =
          static_cast<unsigned>(random_.between(0, std::uint64_t{2} * settings.slack_steps));
      draw_group(level, extra, 1, random_, batch);
      const BatchResult result =
          soft_.cost_and_gradient(parameters_, batch, cost_settings(), workspace_, gradient_);
      if (!result.finite) {
        return false;
      }
      if (settings.clip_norm > 0) {
        clip_norm(gradient_, settings.clip_norm);
      }
      adam_.step(parameters_, gradient_);
      ++work_;
    }
    return std::all_of(parameters_.begin(), parameters_.end(),
                       [](float value) { return std::isfinite(value); });
  }

  // More for learning from nothing.
  [[nodiscard]] unsigned stages_in_all() const {
    return std::isfinite(cost_) ? stages : first_stages;
  }

  // Goes on with what is being learned, or decides whether to keep it and begins the next.
  void settle_if_done(double cost) {
    const bool from_nothing = !std::isfinite(cost_);
    const bool at_end = stage_ == stages_in_all();
    const bool hopeless =
        !std::isfinite(cost) || (!from_nothing && !at_end && cost > cost_ + most_worse[stage_ - 1]);
    if (!at_end && !hopeless) {
      return;
    }
    if (hopeless && from_nothing) {
      status_ = AttemptStatus::diverged;
      return;
    }
    const double tolerance = -temperature * std::log(1.0 - random_.uniform());
    if (at_end && !hopeless && cost < cost_ + tolerance) {
      current_ = parameters_;
      cost_ = cost;
      test();
      if (accuracy_ > nearly_right && levels_ < context_.task.levels()) {
        lengthen();
      }
    }
    const bool improved = cost_ < best_cost_ - improvement;
    best_cost_ = improved ? cost_ : best_cost_;
    stale_ = improved ? 0 : stale_ + 1;
    if (status_ == AttemptStatus::running && stale_ >= patience()) {
      status_ = AttemptStatus::exhausted;
    }
    parameters_ = current_;
    chart_.disturb(parameters_, random_);
    adam_ = Adam(soft_.parameters(), AdamSettings{context_.settings.chart_rate});
    stage_ = 0;
  }

  [[nodiscard]] std::uint64_t patience() const {
    return std::uint64_t{context_.settings.chart_patience} *
           (best_score_.accuracy > worth_waiting ? more_patience : 1);
  }

  // On to longer examples, on which what has been learned may cost more.
  void lengthen() {
    levels_ = std::min(levels_ + further_levels, context_.task.levels());
    draw_judges();
    cost_ = judge_parameters();
    best_cost_ = std::numeric_limits<double>::infinity();
  }

  void test() {
    const TestResult result = test_program(context_, number_, program_of(parameters_));
    if (result.passed || result.score > best_score_) {
      best_score_ = result.score;
      best_ = parameters_;
    }
    if (result.passed) {
      status_ = AttemptStatus::solved;
    }
  }

  AttemptContext context_;
  std::uint64_t number_;
  Kind kind_;
  Random random_;
  Machine target_;
  LearningMachine learning_;
  SoftChart chart_;
  SoftMachine soft_;
  SoftWorkspace workspace_;
  unsigned loaded_ = 0;  // cells, in registers
  std::vector<LaneGroup> judges_;
  AttemptStatus status_ = AttemptStatus::running;
  std::size_t first_levels_;  // at the beginning
  std::size_t levels_;        // of the curriculum, from the first on
  Adam adam_;
  std::vector<float> parameters_;  // being learned
  std::vector<float> gradient_;
  std::vector<float> current_;  // the last that were kept
  std::vector<float> best_;     // as a hard program
  Score best_score_;
  double cost_ = std::numeric_limits<double>::infinity();  // of `current_`; infinite at first
  double best_cost_ = std::numeric_limits<double>::infinity();
  double accuracy_ = 0.0;  // of the last judged
  unsigned stage_ = 0;
  unsigned stale_ = 0;      // times learned anew without a new best
  std::uint64_t work_ = 0;  // iterations
};

}  // namespace

std::unique_ptr<Attempt> make_chart_attempt(const AttemptContext& context, std::uint64_t number) {
  return std::make_unique<ChartAttempt>(context, number);
}

std::unique_ptr<Attempt> restore_chart_attempt(const AttemptContext& context, const Json& saved) {
  auto attempt = std::make_unique<ChartAttempt>(context, saved.at("number").get<std::uint64_t>());
  attempt->restore_from(saved);
  return attempt;
}

}  // namespace nram
