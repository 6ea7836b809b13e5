#include "attempts/gradient_attempt.hpp"

#include "attempt_plan.hpp"
#include "attempts/controller_shape.hpp"
#include "attempts/gradient_training.hpp"
#include "attempts/time_slice.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/exporter.hpp>
#include <nram/trainer/soft_machine.hpp>

namespace nram {
namespace {

// Normal weights scaled by fan-in, zero biases.
std::vector<float> initial_parameters(const Machine& machine, const Settings& settings,
                                      Random& random) {
  std::vector<float> parameters;
  for (const TensorShape& tensor : tensor_shapes(machine, controller_of(settings))) {
    const bool is_weight = tensor.shape.size() == 2;
    const double scale =
        is_weight ? settings.controller.init_scale / std::sqrt(static_cast<double>(tensor.shape[1]))
                  : 0.0;
    for (std::size_t i = 0; i < tensor.size(); ++i) {
      parameters.push_back(static_cast<float>(scale * random.normal()));
    }
  }
  return parameters;
}

// Throws Error(usage) unless the batch fills its lane groups.
Settings with_whole_groups(Settings settings) {
  if (settings.optimizer.batch % LaneGroup::lanes != 0) {
    throw Error(ErrorKind::usage, fmt::format("batch: {} is not a multiple of {}",
                                              settings.optimizer.batch, LaneGroup::lanes));
  }
  return settings;
}

class GradientAttempt final : public Attempt {
 public:
  GradientAttempt(const AttemptContext& context, std::uint64_t number)
      : context_(context),
        settings_(with_whole_groups(varied_settings(context.settings, number))),
        number_(number),
        machine_(registers_of(settings_, number), context.modules),
        random_(random_of(settings_, number, Purpose::learning)),
        training_(SoftMachine(machine_, controller_of(settings_)),
                  initial_parameters(machine_, settings_, random_),
                  settings_.optimizer.learning_rate, true) {}

  AttemptStatus advance() override {
    const TimeSlice slice;
    while (status_ == AttemptStatus::running) {
      iterate();
      at_unit_end_ = is_at_end() || iteration_ % settings_.curriculum.test_every == 0 ||
                     status_ == AttemptStatus::diverged;
      if (at_unit_end_ && status_ == AttemptStatus::running) {
        const bool was_at_end = is_at_end();
        test();
        if (was_at_end && status_ == AttemptStatus::running) {
          status_ = AttemptStatus::exhausted;
        }
      }
      if (at_unit_end_ || slice.is_over()) {
        break;
      }
    }
    return status_;
  }

  [[nodiscard]] bool at_unit_end() const override { return at_unit_end_; }

  [[nodiscard]] AttemptProgress progress() const override {
    return {.number = number_,
            .status = status_,
            .arm = Arm::gradient,
            .work = iteration_,
            .work_limit = ends_at(),
            .level = level_,
            .cost = cost_,
            .best = training_.best_score()};
  }

  [[nodiscard]] Model best() const override {
    return {machine_, controller_of(settings_),
            training_.best().empty() ? training_.parameters() : training_.best(),
            provenance(context_, number_, Arm::gradient, iteration_)};
  }

  [[nodiscard]] std::vector<std::uint8_t> save() const override {
    Json saved{{"arm", name_of(Arm::gradient)},
               {"number", number_},
               {"status", static_cast<unsigned>(status_)},
               {"at-unit-end", at_unit_end_},
               {"iteration", iteration_},
               {"level", level_},
               {"level-reached-at", level_reached_at_},
               {"cost", exact(cost_)},
               {"level-error", exact(level_error_)},
               {"random", to_json(random_)}};
    training_.save_to(saved);
    return Json::to_cbor(saved);
  }

  void restore_from(const Json& saved) {
    status_ = status_from(saved.at("status"));
    at_unit_end_ = saved.at("at-unit-end").get<bool>();
    iteration_ = saved.at("iteration").get<std::uint64_t>();
    level_ = saved.at("level").get<std::size_t>();
    level_reached_at_ = saved.at("level-reached-at").get<std::uint64_t>();
    cost_ = exact_double(saved.at("cost"));
    level_error_ = exact_double(saved.at("level-error"));
    restore(random_, saved.at("random"));
    training_.restore_from(saved);
    if (level_ >= context_.task.levels()) {
      throw Error(ErrorKind::data,
                  fmt::format("the saved attempt {} does not fit this task", number_));
    }
  }

 private:
  [[nodiscard]] bool at_last_level() const { return level_ + 1 == context_.task.levels(); }

  [[nodiscard]] bool is_at_end() const { return iteration_ >= ends_at(); }

  // An attempt that does not get on is given up; one that has got everywhere has still to become
  // hard.
  [[nodiscard]] std::uint64_t ends_at() const {
    const std::uint64_t patience = settings_.curriculum.patience;
    return std::min<std::uint64_t>(settings_.curriculum.iterations,
                                   level_reached_at_ + (at_last_level() ? 2 : 1) * patience);
  }

  // Zaremba and Sutskever's curriculum, as the paper uses it: mostly the current level and a little
  // beyond, sometimes an easier one, sometimes any.
  std::size_t draw_level() {
    const std::size_t top = context_.task.levels() - 1;
    const double p = random_.uniform();
    if (p < 0.1) {
      return random_.between(0, top);
    }
    std::size_t reach = level_;
    while (reach < top && random_.chance(0.5)) {
      ++reach;
    }
    return p < 0.35 ? random_.between(0, reach) : reach;
  }

  // One lane group for each entry added to `levels`; a level's examples fill its group exactly.
  std::vector<LaneGroup> draw_batch(std::vector<std::size_t>& levels) {
    PackSettings pack;
    pack.preserve_weight =
        settings_.cost.preserve ? static_cast<float>(settings_.cost.preserve_weight) : 0.0F;
    std::vector<LaneGroup> batch;
    pack.parts = settings_.optimizer.batch / LaneGroup::lanes;
    for (unsigned g = 0; g < pack.parts; ++g) {
      levels.push_back(draw_level());
      pack.extra_steps = static_cast<unsigned>(random_.between(0, settings_.cost.slack_steps));
      const std::vector<Example> examples =
          context_.task.draw_level(levels.back(), LaneGroup::lanes, random_);
      for (LaneGroup& group : pack_lanes(machine_, examples, pack)) {
        batch.push_back(std::move(group));
      }
    }
    return batch;
  }

  // The level rises when the share of wrong cells on it has become small.
  void note_error(const CostResult& result, const std::vector<std::size_t>& levels) {
    constexpr double memory = 0.9;
    for (std::size_t g = 0; g < levels.size(); ++g) {
      if (levels[g] != level_) {
        continue;
      }
      unsigned cells = 0;
      unsigned right = 0;
      for (unsigned lane = 0; lane < LaneGroup::lanes; ++lane) {
        cells += result.groups[g].result_cells[lane];
        right += result.groups[g].right_cells[lane];
      }
      const double error = cells == 0 ? 0.0 : 1.0 - static_cast<double>(right) / cells;
      level_error_ = memory * level_error_ + (1.0 - memory) * error;
    }
    if (level_error_ < settings_.curriculum.level_error && !at_last_level()) {
      ++level_;
      level_reached_at_ = iteration_;
      level_error_ = 1.0;
    }
  }

  void iterate() {
    std::vector<std::size_t> levels;
    const std::vector<LaneGroup> batch = draw_batch(levels);
    CostSettings cost;
    cost.ponder_cost = settings_.cost.ponder_cost;
    cost.renormalise = true;
    cost.entropy_bonus = settings_.cost.entropy *
                         std::exp(-settings_.cost.entropy_decay * static_cast<double>(iteration_));
    const CostResult result = training_.step(
        batch, cost, [this](std::span<float> gradient) { limit_and_perturb(gradient); });
    cost_ = result.cost;
    if (!result.finite) {
      status_ = AttemptStatus::diverged;
      return;
    }
    note_error(result, levels);
    ++iteration_;
    if (!training_.is_finite()) {
      status_ = AttemptStatus::diverged;
    }
  }

  void limit_and_perturb(std::span<float> gradient) {
    const Settings::Optimizer& optimizer = settings_.optimizer;
    if (optimizer.clip_element > 0) {
      clip_elements(gradient, static_cast<float>(optimizer.clip_element));
    }
    if (optimizer.clip_norm > 0) {
      clip_norm(gradient, optimizer.clip_norm);
    }
    if (optimizer.noise > 0) {
      add_gradient_noise(gradient, optimizer.noise, optimizer.noise_decay, iteration_, random_);
    }
  }

  // Nothing if a recurrent controller has no finite set of states (yet).
  std::optional<Program> discretised() const {
    constexpr std::size_t most_states = 256;
    const Model model(machine_, controller_of(settings_), training_.parameters());
    if (!settings_.controller.lstm) {
      return discretise(model);
    }
    try {
      ExportOptions options;
      options.max_states = most_states;
      return discretise(model, options);
    } catch (const Error&) {
      return std::nullopt;
    }
  }

  void test() {
    const std::optional<Program> program = discretised();
    if (!program) {
      return;
    }
    const AcceptanceResult result = accept_program(context_, number_, *program);
    training_.note(result);
    if (result.passed) {
      status_ = AttemptStatus::solved;
    }
  }

  AttemptContext context_;
  Settings settings_;  // of this attempt
  std::uint64_t number_;
  Machine machine_;
  AttemptStatus status_ = AttemptStatus::running;
  bool at_unit_end_ = true;
  Random random_;
  GradientTraining training_;
  std::uint64_t iteration_ = 0;
  std::size_t level_ = 0;
  std::uint64_t level_reached_at_ = 0;  // iterations
  double cost_ = 0.0;
  double level_error_ = 1.0;  // share of wrong cells at the current level, smoothed
};

}  // namespace

std::unique_ptr<Attempt> make_gradient_attempt(const AttemptContext& context,
                                               std::uint64_t number) {
  return std::make_unique<GradientAttempt>(context, number);
}

std::unique_ptr<Attempt> restore_gradient_attempt(const AttemptContext& context,
                                                  const Json& saved) {
  auto attempt =
      std::make_unique<GradientAttempt>(context, saved.at("number").get<std::uint64_t>());
  attempt->restore_from(saved);
  return attempt;
}

}  // namespace nram
