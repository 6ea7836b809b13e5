#include "attempts/automaton_attempt.hpp"

#include "attempt_plan.hpp"
#include "attempts/automaton_examples.hpp"
#include "attempts/gradient_training.hpp"
#include "attempts/iterated_search.hpp"
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

class AutomatonAttempt final : public Attempt {
 public:
  AutomatonAttempt(const AttemptContext& context, std::uint64_t number)
      : context_(context),
        number_(number),
        plan_(automaton_plan(context.settings, number, context.task.initial_registers())),
        random_(random_of(context.settings, number, Purpose::learning)),
        target_(plan_.registers, context.modules, context.task.order()),
        learning_(target_, module_share(context.settings, random_), plan_.rounds,
                  plan_.first_round_modules, random_),
        automaton_(learning_.machine(), plan_.states, plan_.tied),
        training_(SoftMachine(learning_.machine(), plan_.states),
                  automaton_.random_weights(random_), context.settings.automaton.rate, false,
                  context.poll),
        current_(training_.parameters()),
        examples_(context, number, plan_, target_, learning_.rounds(), random_),
        search_(plan_) {}

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
      end_stage(is_finite ? validation_cost() : infinity);
    }
    return status_;
  }

  [[nodiscard]] bool at_unit_end() const override { return stage_iteration_ == 0; }

  [[nodiscard]] AttemptProgress progress() const override {
    const std::uint64_t left = patience() - search_.stale();
    return {.number = number_,
            .status = status_,
            .arm = Arm::automaton,
            .work = work_,
            .work_limit = work_ + left * context_.settings.automaton.iterations,
            .level = examples_.levels() - 1,
            .cost = std::isfinite(search_.cost()) ? search_.cost() : 0.0,
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
               {"levels", examples_.levels()},
               {"stage-iteration", stage_iteration_},
               {"finite", is_finite_},
               {"random", to_json(random_)},
               {"current", to_json(current_)}};
    search_.save_to(saved);
    training_.save_to(saved);
    return Json::to_cbor(saved);
  }

  void restore_from(const Json& saved) {
    status_ = status_from(saved.at("status"));
    if (status_ == AttemptStatus::polishing) {
      throw Error(ErrorKind::data, "a saved attempt by gradient cannot be polishing");
    }
    work_ = count_from(saved.at("work"));
    stage_iteration_ = static_cast<unsigned>(
        count_from(saved.at("stage-iteration"), context_.settings.automaton.iterations));
    is_finite_ = saved.at("finite").get<bool>();
    restore(random_, saved.at("random"));
    current_ = floats_from(saved.at("current"));
    training_.restore_from(saved, status_);
    search_.restore_from(saved);
    examples_.restore(count_from(saved.at("levels")));
    if (current_.size() != training_.parameters().size() || !are_finite(current_) ||
        search_.stale() > patience()) {
      throw Error(ErrorKind::data,
                  fmt::format("the saved attempt {} does not fit this machine and task", number_));
    }
  }

 private:
  [[nodiscard]] Program program_of(std::span<const float> weights) const {
    const Program program =
        learning_.unfolded(hard_automaton(learning_.machine(), automaton_.layout(), weights));
    return behind(examples_.prologue(program.machine()), program);
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

  double validation_cost() {
    const CostResult result = training_.cost(examples_.validation(), cost_settings());
    accuracy_ = result.accuracy;
    if (!result.finite) {
      return infinity;
    }
    return result.cost;
  }

  void learn() {
    const std::vector<LaneGroup> batch = examples_.draw(random_);
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

  // Goes on with what is being learned, or decides whether to keep it and begins the next.
  void end_stage(double cost) {
    switch (search_.end_stage(cost, random_)) {
      case IteratedSearch::Verdict::go_on:
        return;
      case IteratedSearch::Verdict::diverged:
        status_ = AttemptStatus::diverged;
        return;
      case IteratedSearch::Verdict::keep:
        keep();
        break;
      case IteratedSearch::Verdict::drop:
        break;
    }
    search_.begin_round();
    if (status_ == AttemptStatus::running && search_.stale() >= patience()) {
      status_ = AttemptStatus::exhausted;
    }
    std::vector<float> perturbed = current_;
    automaton_.perturb(perturbed, random_);
    training_.start_from(std::move(perturbed));
  }

  void keep() {
    current_ = training_.parameters();
    test();
    // What has been learned may cost more on longer examples.
    if (accuracy_ > plan_.nearly_right && !examples_.is_at_last_level()) {
      examples_.lengthen();
      search_.lengthen(validation_cost());
    }
  }

  [[nodiscard]] std::uint64_t patience() const {
    return std::uint64_t{context_.settings.automaton.patience} *
           (training_.best_score().accuracy > plan_.worth_waiting ? plan_.more_patience : 1);
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
  AttemptStatus status_ = AttemptStatus::running;
  GradientTraining training_;
  std::vector<float> current_;  // the parameters that were kept last
  AutomatonExamples examples_;
  IteratedSearch search_;
  double accuracy_ = 0.0;  // of the last validation
  unsigned stage_iteration_ = 0;
  bool is_finite_ = true;   // what this stage has seen
  std::uint64_t work_ = 0;  // iterations
};

}  // namespace

std::unique_ptr<Attempt> make_automaton_attempt(const AttemptContext& context,
                                                std::uint64_t number) {
  return std::make_unique<AutomatonAttempt>(context, number);
}

std::unique_ptr<Attempt> restore_automaton_attempt(const AttemptContext& context,
                                                   const Json& saved) {
  auto attempt = std::make_unique<AutomatonAttempt>(context, count_from(saved.at("number")));
  attempt->restore_from(saved);
  return attempt;
}

}  // namespace nram
