#include "attempts/gradient_attempt.hpp"

#include "attempt_plan.hpp"
#include "attempts/controller_shape.hpp"
#include "attempts/curriculum.hpp"
#include "attempts/gradient_training.hpp"
#include "attempts/level_groups.hpp"
#include "attempts/time_slice.hpp"
#include "attempts/warm_candidate.hpp"
#include "evaluation/hard_program.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/soft_machine.hpp>

namespace nram {
namespace {

// Throws Error(usage) unless the batch fills its lane groups.
Settings with_whole_groups(Settings settings) {
  if (settings.optimizer.batch % LaneGroup::lanes != 0) {
    throw Error(ErrorKind::usage, fmt::format("batch: {} is not a multiple of {}",
                                              settings.optimizer.batch, LaneGroup::lanes));
  }
  return settings;
}

std::vector<float> first_parameters(const Machine& machine, const Settings& settings,
                                    const Model* warm, Random& random) {
  return warm != nullptr ? warm->parameters() : initial_parameters(machine, settings, random);
}

class GradientAttempt final : public Attempt {
 public:
  GradientAttempt(const AttemptContext& context, std::uint64_t number)
      : context_(context),
        settings_(with_whole_groups(varied_settings(context.settings, number))),
        number_(number),
        warm_(is_warm(context, number) ? warm_model(context) : nullptr),
        machine_(warm_ != nullptr
                     ? warm_->machine().registers()
                     : registers_of(settings_, number, context.task.initial_registers()),
                 context.modules, context.task.order()),
        random_(random_of(settings_, number, Purpose::learning)),
        training_(SoftMachine(machine_, controller_of(settings_)),
                  first_parameters(machine_, settings_, warm_, random_),
                  settings_.optimizer.learning_rate, true, context.poll),
        curriculum_(settings_.curriculum, {}, context.task.levels()) {}

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
            .work_limit = curriculum_.ends_at(),
            .level = curriculum_.level(),
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
               {"cost", exact(cost_)},
               {"random", to_json(random_)}};
    curriculum_.save_to(saved);
    training_.save_to(saved);
    return Json::to_cbor(saved);
  }

  void restore_from(const Json& saved) {
    status_ = status_from(saved.at("status"));
    at_unit_end_ = saved.at("at-unit-end").get<bool>();
    if (status_ == AttemptStatus::polishing) {
      throw Error(ErrorKind::data, "a saved attempt by gradient cannot be polishing");
    }
    iteration_ = count_from(saved.at("iteration"), settings_.curriculum.iterations);
    cost_ = exact_double(saved.at("cost"));
    restore(random_, saved.at("random"));
    training_.restore_from(saved, status_);
    curriculum_.restore_from(saved, iteration_);
  }

 private:
  [[nodiscard]] bool is_at_end() const { return iteration_ >= curriculum_.ends_at(); }

  // One lane group for each entry added to `levels`.
  std::vector<LaneGroup> draw_batch(std::vector<std::size_t>& levels) {
    std::vector<LaneGroup> batch;
    const unsigned parts = settings_.optimizer.batch / LaneGroup::lanes;
    for (unsigned g = 0; g < parts; ++g) {
      levels.push_back(curriculum_.draw(random_));
      const auto extra = static_cast<unsigned>(random_.between(0, settings_.cost.slack_steps));
      add_level_group(context_, settings_, machine_, levels.back(), extra, parts, random_, batch);
    }
    return batch;
  }

  // The level rises when the share of wrong cells on it has become small.
  void note_errors(const CostResult& result, const std::vector<std::size_t>& levels) {
    for (std::size_t g = 0; g < levels.size(); ++g) {
      if (levels[g] != curriculum_.level()) {
        continue;
      }
      unsigned cells = 0;
      unsigned right = 0;
      for (unsigned lane = 0; lane < LaneGroup::lanes; ++lane) {
        cells += result.groups[g].result_cells[lane];
        right += result.groups[g].right_cells[lane];
      }
      curriculum_.note_error(cells == 0 ? 0.0 : 1.0 - static_cast<double>(right) / cells);
    }
    curriculum_.rise_if_learned(iteration_);
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
    note_errors(result, levels);
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

  void test() {
    const Model model(machine_, controller_of(settings_), training_.parameters());
    const std::optional<Program> program = hard_program(model, context_.poll);
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
  const Model* warm_;  // whose weights it begins from; null for none
  Machine machine_;
  AttemptStatus status_ = AttemptStatus::running;
  bool at_unit_end_ = true;
  Random random_;
  GradientTraining training_;
  Curriculum curriculum_;
  std::uint64_t iteration_ = 0;
  double cost_ = 0.0;
};

}  // namespace

std::unique_ptr<Attempt> make_gradient_attempt(const AttemptContext& context,
                                               std::uint64_t number) {
  return std::make_unique<GradientAttempt>(context, number);
}

std::unique_ptr<Attempt> restore_gradient_attempt(const AttemptContext& context,
                                                  const Json& saved) {
  auto attempt = std::make_unique<GradientAttempt>(context, count_from(saved.at("number")));
  attempt->restore_from(saved);
  return attempt;
}

}  // namespace nram
