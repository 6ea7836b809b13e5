#include "attempts/automaton_attempt.hpp"

#include "attempt_plan.hpp"
#include "attempts/gradient_training.hpp"
#include "attempts/time_slice.hpp"
#include "programs/learning_machine.hpp"
#include "programs/prologue.hpp"
#include "soft/soft_automaton.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/compile.hpp>

namespace nram {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// As many levels as planned to begin with, and as have small examples.
std::size_t first_levels_of(const AutomatonPlan& plan, const Task& task, Random random) {
  const std::size_t most = std::min(plan.levels, task.levels());
  std::size_t levels = std::min(plan.fewest_levels, most);
  while (levels < most &&
         task.draw_level(levels, 1, random).front().memory.size() <= plan.small_cells) {
    ++levels;
  }
  return levels;
}

// The address behind the cells is left in a register, as something that moves along would.
std::vector<Circuit> prologue_of(const Machine& machine, unsigned cells) {
  return prologue_circuits(machine, cells, Position::kept);
}

// How many of the planned cells are loaded that there are in all examples, if it is possible.
unsigned draw_prologue(const AutomatonPlan& plan, std::size_t cells, const Task& task,
                       const Machine& machine, Random& random, Random examples) {
  cells = random.chance(plan.whole_prologue) ? cells : random.between(0, cells);
  constexpr unsigned draws = 8;  // the sizes vary from one to the next
  for (std::size_t i = 0; i < draws * task.levels(); ++i) {
    cells = loadable_cells(task.draw_level(i / draws, LaneGroup::lanes, examples), cells);
  }
  return static_cast<unsigned>(prologue_of(machine, static_cast<unsigned>(cells)).size());
}

class AutomatonAttempt final : public Attempt {
 public:
  AutomatonAttempt(const AttemptContext& context, std::uint64_t number)
      : context_(context),
        number_(number),
        plan_(automaton_plan(context.settings, number)),
        random_(random_of(context.settings, number, Purpose::learning)),
        target_(plan_.registers, context.modules),
        learning_(target_, module_share(context.settings, random_), plan_.rounds,
                  plan_.first_round_modules, random_),
        automaton_(learning_.machine(), plan_.states, plan_.tied),
        first_levels_(first_levels_of(plan_, context.task, examples_random())),
        levels_(first_levels_),
        training_(SoftMachine(learning_.machine(), plan_.states),
                  automaton_.random_weights(random_), context.settings.automaton.rate, false),
        current_(training_.parameters()),
        prologue_(draw_prologue(plan_, context.settings.machine.prologue_cells, context.task,
                                target_, random_, examples_random())) {
    draw_validation();
  }

  AttemptStatus advance() override {
    const TimeSlice slice;
    const unsigned iterations = std::max(1U, context_.settings.automaton.iterations / plan_.stages);
    while (status_ == AttemptStatus::running && is_finite_ && stage_iteration_ < iterations) {
      learn();
      if (slice.is_over() && stage_iteration_ < iterations) {
        return status_;
      }
    }
    if (status_ == AttemptStatus::running) {
      const bool is_finite = is_finite_ && training_.is_finite();
      stage_iteration_ = 0;
      is_finite_ = true;
      ++stage_;
      settle_if_done(is_finite ? validation_cost() : infinity);
    }
    return status_;
  }

  [[nodiscard]] bool at_unit_end() const override { return stage_iteration_ == 0; }

  [[nodiscard]] AttemptProgress progress() const override {
    const std::uint64_t left = patience() - stale_;
    return {.number = number_,
            .status = status_,
            .arm = Arm::automaton,
            .work = work_,
            .work_limit = work_ + left * context_.settings.automaton.iterations,
            .level = levels_ - 1,
            .cost = std::isfinite(cost_) ? cost_ : 0.0,
            .best = training_.best_score()};
  }

  [[nodiscard]] Model best() const override {
    const auto& weights = training_.best().empty() ? current_ : training_.best();
    return compile_to_weights(program_of(weights),
                              provenance(context_, number_, Arm::automaton, work_));
  }

  [[nodiscard]] std::vector<std::uint8_t> save() const override {
    Json saved{{"arm", name_of(Arm::automaton)},
               {"number", number_},
               {"status", static_cast<unsigned>(status_)},
               {"work", work_},
               {"levels", levels_},
               {"stage", stage_},
               {"stage-iteration", stage_iteration_},
               {"finite", is_finite_},
               {"stale", stale_},
               {"cost", exact(cost_)},
               {"best-cost", exact(best_cost_)},
               {"random", to_json(random_)},
               {"current", to_json(current_)}};
    training_.save_to(saved);
    return Json::to_cbor(saved);
  }

  void restore_from(const Json& saved) {
    status_ = status_from(saved.at("status"));
    work_ = saved.at("work").get<std::uint64_t>();
    levels_ = saved.at("levels").get<std::size_t>();
    stage_ = saved.at("stage").get<unsigned>();
    stage_iteration_ = saved.at("stage-iteration").get<unsigned>();
    is_finite_ = saved.at("finite").get<bool>();
    stale_ = saved.at("stale").get<unsigned>();
    cost_ = exact_double(saved.at("cost"));
    best_cost_ = exact_double(saved.at("best-cost"));
    restore(random_, saved.at("random"));
    current_ = floats_from(saved.at("current"));
    training_.restore_from(saved);
    const bool fits = current_.size() == training_.parameters().size() && levels_ >= 1 &&
                      levels_ <= context_.task.levels() && stage_ < stages_in_all() &&
                      stale_ <= patience();
    if (!fits) {
      throw Error(ErrorKind::data,
                  fmt::format("the saved attempt {} does not fit this machine and task", number_));
    }
    draw_validation();
  }

 private:
  [[nodiscard]] Random examples_random() const {
    return random_of(context_.settings, number_, Purpose::examples);
  }

  [[nodiscard]] Program program_of(std::span<const float> weights) const {
    const Program program =
        learning_.unfolded(hard_automaton(learning_.machine(), automaton_.layout(), weights));
    return behind(prologue_of(program.machine(), prologue_), program);
  }

  [[nodiscard]] CostSettings cost_settings() const {
    CostSettings cost;
    cost.form = CostForm::marginal;
    cost.any_time = context_.settings.cost.any_time;
    cost.log_floor = plan_.log_floor;
    cost.ponder_cost = context_.settings.cost.ponder_cost;
    cost.renormalise = true;
    return cost;
  }

  // Cells behind those of the task: what is only right because addresses wrap around at the number
  // of cells is not right for larger moduli.
  void pad(std::vector<Example>& examples, Random& random) const {
    const std::size_t cells = examples.front().memory.size();
    const std::size_t most =
        std::min<std::size_t>(cells + plan_.most_padding, LaneGroup::max_modulus);
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

  // Registers as they are after the prologue, which count modulo the number of cells. Where
  // something is loaded, no example sets registers itself.
  void load(Example& example) const {
    const std::size_t cells = example.memory.size();
    example.registers.assign(target_.registers(), 0);
    for (std::size_t cell = 0; cell < prologue_; ++cell) {
      example.registers[cell] = example.memory[cell % cells];
    }
    example.registers[prologue_] = prologue_ % cells;
  }

  // A level's examples as lanes, behind the prologue.
  void draw_group(std::size_t level, unsigned extra_steps, unsigned parts, Random& random,
                  std::vector<LaneGroup>& groups) const {
    std::vector<Example> examples = context_.task.draw_level(level, LaneGroup::lanes, random);
    if (random.chance(plan_.padded_share)) {
      pad(examples, random);
    }
    for (Example& example : examples) {
      if (prologue_ != 0) {
        load(example);
      }
      // As much can be done in fewer steps.
      const std::uint64_t rounds = learning_.rounds();
      example.steps = (example.steps.value_or(0) + rounds - 1) / rounds;
    }
    const Settings::Cost& settings = context_.settings.cost;
    const double others = settings.preserve          ? 1.0
                          : levels_ == first_levels_ ? plan_.other_cells
                                                     : plan_.later_other_cells;
    PackSettings pack;
    pack.extra_steps = extra_steps;
    pack.preserve_weight = static_cast<float>(settings.preserve_weight * others);
    pack.parts = parts;
    for (LaneGroup& group : pack_lanes(target_, examples, pack)) {
      groups.push_back(std::move(group));
    }
  }

  // The examples that say what is kept: always the same ones for the same levels.
  void draw_validation() {
    Random random = examples_random();
    validation_.clear();
    for (unsigned g = 0; g < plan_.validation_groups; ++g) {
      draw_group(g % levels_, context_.settings.cost.slack_steps, plan_.validation_groups, random,
                 validation_);
    }
  }

  double validation_cost() {
    const CostResult result = training_.cost(validation_, cost_settings());
    accuracy_ = result.accuracy;
    return result.finite ? result.cost : infinity;
  }

  // One iteration, on one group only: more examples are not worth their time.
  void learn() {
    std::vector<LaneGroup> batch;
    const std::size_t level = random_.below(levels_);
    const std::uint64_t most_extra = std::uint64_t{2} * context_.settings.cost.slack_steps;
    const auto extra = static_cast<unsigned>(random_.between(0, most_extra));
    draw_group(level, extra, 1, random_, batch);
    const double limit = context_.settings.optimizer.clip_norm;
    is_finite_ = training_
                     .step(batch, cost_settings(),
                           [&](std::span<float> gradient) {
                             if (limit > 0) {
                               clip_norm(gradient, limit);
                             }
                           })
                     .finite;
    work_ += is_finite_ ? 1 : 0;
    ++stage_iteration_;
  }

  // More for learning from nothing.
  [[nodiscard]] unsigned stages_in_all() const {
    return std::isfinite(cost_) ? plan_.stages : plan_.first_stages;
  }

  // Goes on with what is being learned, or decides whether to keep it and begins the next.
  void settle_if_done(double cost) {
    const bool from_nothing = !std::isfinite(cost_);
    const bool at_end = stage_ == stages_in_all();
    const bool hopeless = !std::isfinite(cost) ||
                          (!from_nothing && !at_end && cost > cost_ + plan_.most_worse[stage_ - 1]);
    if (!at_end && !hopeless) {
      return;
    }
    if (hopeless && from_nothing) {
      status_ = AttemptStatus::diverged;
      return;
    }
    const double tolerance = -plan_.temperature * std::log(1.0 - random_.uniform());
    if (at_end && !hopeless && cost < cost_ + tolerance) {
      current_ = training_.parameters();
      cost_ = cost;
      test();
      if (accuracy_ > plan_.nearly_right && levels_ < context_.task.levels()) {
        lengthen();
      }
    }
    const bool improved = cost_ < best_cost_ - plan_.improvement;
    best_cost_ = improved ? cost_ : best_cost_;
    stale_ = improved ? 0 : stale_ + 1;
    if (status_ == AttemptStatus::running && stale_ >= patience()) {
      status_ = AttemptStatus::exhausted;
    }
    std::vector<float> perturbed = current_;
    automaton_.perturb(perturbed, random_);
    training_.start_from(std::move(perturbed));
    stage_ = 0;
  }

  [[nodiscard]] std::uint64_t patience() const {
    return std::uint64_t{context_.settings.automaton.patience} *
           (training_.best_score().accuracy > plan_.worth_waiting ? plan_.more_patience : 1);
  }

  // On to longer examples, on which what has been learned may cost more.
  void lengthen() {
    levels_ = std::min(levels_ + plan_.further_levels, context_.task.levels());
    draw_validation();
    cost_ = validation_cost();
    best_cost_ = infinity;
  }

  void test() {
    const AcceptanceResult result =
        accept_program(context_, number_, program_of(training_.parameters()));
    training_.note(result);
    if (result.passed) {
      status_ = AttemptStatus::solved;
    }
  }

  AttemptContext context_;
  std::uint64_t number_;
  AutomatonPlan plan_;
  Random random_;
  Machine target_;
  LearningMachine learning_;
  SoftAutomaton automaton_;
  std::vector<LaneGroup> validation_;
  AttemptStatus status_ = AttemptStatus::running;
  std::size_t first_levels_;  // at the beginning
  std::size_t levels_;        // of the curriculum, from the first on
  GradientTraining training_;
  std::vector<float> current_;  // the parameters that were kept last
  unsigned prologue_;           // cells, in registers
  double cost_ = infinity;      // of `current_`; infinite at first
  double best_cost_ = infinity;
  double accuracy_ = 0.0;  // of the last validation
  unsigned stage_ = 0;
  unsigned stage_iteration_ = 0;
  bool is_finite_ = true;   // what this stage has seen
  unsigned stale_ = 0;      // times learned anew without a new best
  std::uint64_t work_ = 0;  // iterations
};

}  // namespace

std::unique_ptr<Attempt> make_automaton_attempt(const AttemptContext& context,
                                                std::uint64_t number) {
  return std::make_unique<AutomatonAttempt>(context, number);
}

std::unique_ptr<Attempt> restore_automaton_attempt(const AttemptContext& context,
                                                   const Json& saved) {
  auto attempt =
      std::make_unique<AutomatonAttempt>(context, saved.at("number").get<std::uint64_t>());
  attempt->restore_from(saved);
  return attempt;
}

}  // namespace nram
