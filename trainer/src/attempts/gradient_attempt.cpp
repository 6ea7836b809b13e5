#include "attempts/gradient_attempt.hpp"

#include "attempt_plan.hpp"
#include "attempts/controller_examples.hpp"
#include "attempts/controller_shape.hpp"
#include "attempts/gradient_training.hpp"
#include "attempts/time_slice.hpp"
#include "attempts/warm_candidate.hpp"
#include "evaluation/hard_program.hpp"
#include "soft/optimizer.hpp"

#include <cmath>
#include <optional>
#include <span>
#include <vector>

#include <nram/trainer/soft_machine.hpp>

namespace nram {
namespace {

class GradientAttempt final : public Attempt {
 public:
  GradientAttempt(const AttemptContext& context, std::uint64_t number)
      : context_(context),
        settings_(varied_settings(context.settings, number)),
        number_(number),
        warm_(is_warm(context, number) ? warm_model(context) : nullptr),
        machine_(warm_ != nullptr
                     ? warm_->machine().registers()
                     : registers_of(settings_, number, context.task.initial_registers()),
                 context.modules, context.task.order()),
        random_(random_of(settings_, number, Purpose::learning)),
        examples_(context, settings_, machine_),
        training_(SoftMachine(machine_, controller_of(settings_)),
                  warm_ != nullptr ? warm_->parameters()
                                   : initial_parameters(machine_, settings_, random_),
                  settings_.optimizer.learning_rate, true, context.poll) {}

  AttemptStatus advance() override {
    const TimeSlice slice;
    while (status_ == AttemptStatus::running) {
      iterate();
      at_unit_end_ = is_at_end() || iteration_ % settings_.curriculum.test_every == 0 ||
                     status_ == AttemptStatus::diverged;
      if (at_unit_end_) {
        end_unit();
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
            .work_limit = examples_.curriculum().ends_at(),
            .level = examples_.curriculum().level(),
            .cost = cost_,
            .best = training_.best_score()};
  }

  [[nodiscard]] Model best() const override {
    return {machine_, controller_of(settings_),
            training_.best().empty() ? training_.parameters() : training_.best(),
            provenance(context_, number_, Arm::gradient, iteration_)};
  }

  [[nodiscard]] std::vector<std::uint8_t> save() const override {
    Json saved = saved_head(Arm::gradient, number_, status_);
    saved["at-unit-end"] = at_unit_end_;
    saved["iteration"] = iteration_;
    saved["cost"] = exact(cost_);
    saved["random"] = to_json(random_);
    examples_.save_to(saved);
    training_.save_to(saved);
    return Json::to_cbor(saved);
  }

  void restore_from(const Json& saved) override {
    status_ = status_from(saved.at("status"));
    at_unit_end_ = saved.at("at-unit-end").get<bool>();
    iteration_ = count_from(saved.at("iteration"), settings_.curriculum.iterations);
    cost_ = exact_double(saved.at("cost"));
    restore(random_, saved.at("random"));
    training_.restore_from(saved, status_);
    examples_.restore_from(saved, iteration_);
  }

 private:
  [[nodiscard]] bool is_at_end() const { return iteration_ >= examples_.curriculum().ends_at(); }

  void iterate() {
    const std::vector<LaneGroup> batch = examples_.draw(random_);
    CostSettings cost = cost_settings(settings_);
    cost.entropy_bonus = settings_.cost.entropy *
                         std::exp(-settings_.cost.entropy_decay * static_cast<double>(iteration_));
    const CostResult result = training_.step(
        batch, cost, [this](std::span<float> gradient) { limit_and_perturb(gradient); });
    cost_ = result.cost;
    if (!result.finite) {
      status_ = AttemptStatus::diverged;
      return;
    }
    examples_.note(result, iteration_);
    ++iteration_;
    if (!training_.is_finite()) {
      status_ = AttemptStatus::diverged;
    }
  }

  void limit_and_perturb(std::span<float> gradient) {
    const Settings::Optimizer& optimizer = settings_.optimizer;
    clip_elements(gradient, static_cast<float>(optimizer.clip_element));
    clip_norm(gradient, optimizer.clip_norm);
    add_gradient_noise(gradient, optimizer.noise, optimizer.noise_decay, iteration_, random_);
  }

  void end_unit() {
    if (status_ == AttemptStatus::running) {
      test();
    }
    if (status_ == AttemptStatus::running && is_at_end()) {
      status_ = AttemptStatus::exhausted;
    }
  }

  void test() {
    const Model model(machine_, controller_of(settings_), training_.parameters());
    const std::optional<Program> program = hard_program(model, context_.poll);
    if (program && training_.note(accept_program(context_, number_, *program))) {
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
  ControllerExamples examples_;
  GradientTraining training_;
  std::uint64_t iteration_ = 0;
  double cost_ = 0.0;
};

}  // namespace

std::unique_ptr<Attempt> make_gradient_attempt(const AttemptContext& context,
                                               std::uint64_t number) {
  return std::make_unique<GradientAttempt>(context, number);
}

}  // namespace nram
