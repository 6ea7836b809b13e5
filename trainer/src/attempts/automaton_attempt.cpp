#include "attempts/automaton_attempt.hpp"

#include "attempt_plan.hpp"
#include "attempts/automaton_training.hpp"
#include "attempts/iterated_search.hpp"
#include "attempts/learned_automaton.hpp"
#include "attempts/time_slice.hpp"
#include "programs/prologue.hpp"

#include <cmath>
#include <span>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/compile.hpp>

namespace nram {
namespace {

class AutomatonAttempt final : public Attempt {
 public:
  AutomatonAttempt(const AttemptContext& context, std::uint64_t number)
      : context_(context),
        number_(number),
        plan_(automaton_plan(context.settings, number, context.task.initial_registers())),
        random_(random_of(context.settings, number, Purpose::learning)),
        automaton_(context, plan_, random_),
        training_(context, number, plan_, automaton_, random_),
        current_(training_.weights().parameters()),
        search_(plan_) {}

  AttemptStatus advance() override {
    const TimeSlice slice;
    while (status_ == AttemptStatus::running && !training_.is_at_stage_end()) {
      training_.iterate(random_);
      if (slice.is_over() && !training_.is_at_stage_end()) {
        return status_;
      }
    }
    if (status_ == AttemptStatus::running) {
      end_stage(training_.end_stage());
    }
    return status_;
  }

  [[nodiscard]] bool at_unit_end() const override { return training_.is_at_stage_start(); }

  [[nodiscard]] AttemptProgress progress() const override {
    const std::uint64_t left = patience() - search_.stale();
    return {.number = number_,
            .status = status_,
            .arm = Arm::automaton,
            .work = training_.work(),
            .work_limit = training_.work() + left * context_.settings.automaton.iterations,
            .level = training_.examples().levels() - 1,
            .cost = std::isfinite(search_.cost()) ? search_.cost() : 0.0,
            .best = training_.weights().best_score()};
  }

  [[nodiscard]] Model best() const override {
    const std::vector<float>& best = training_.weights().best();
    return compile_to_weights(program_of(best.empty() ? current_ : best),
                              provenance(context_, number_, Arm::automaton, training_.work()));
  }

  [[nodiscard]] std::vector<std::uint8_t> save() const override {
    Json saved = saved_head(Arm::automaton, number_, status_);
    saved["random"] = to_json(random_);
    saved["current"] = to_json(current_);
    search_.save_to(saved);
    training_.save_to(saved);
    return Json::to_cbor(saved);
  }

  void restore_from(const Json& saved) override {
    status_ = status_from(saved.at("status"));
    restore(random_, saved.at("random"));
    current_ = floats_from(saved.at("current"));
    search_.restore_from(saved);
    training_.restore_from(saved, status_);
    if (current_.size() != training_.weights().parameters().size() || !are_finite(current_) ||
        search_.stale() > patience()) {
      throw Error(ErrorKind::data,
                  fmt::format("the saved attempt {} does not fit this machine and task", number_));
    }
  }

 private:
  // What the weights stand for, behind what loads the cells that the examples have in registers.
  [[nodiscard]] Program program_of(std::span<const float> weights) const {
    const Program program = automaton_.program_of(weights);
    return behind(training_.examples().prologue(program.machine()), program);
  }

  [[nodiscard]] std::uint64_t patience() const {
    const double accuracy = training_.weights().best_score().accuracy;
    return std::uint64_t{context_.settings.automaton.patience} *
           (accuracy > plan_.worth_waiting ? plan_.more_patience : 1);
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
    training_.weights().start_from(automaton_.perturbed(current_, random_));
  }

  void keep() {
    current_ = training_.weights().parameters();
    test();
    // What has been learned may cost more on longer examples.
    if (training_.accuracy() > plan_.nearly_right && !training_.examples().is_at_last_level()) {
      training_.examples().lengthen();
      search_.lengthen(training_.validation_cost());
    }
  }

  void test() {
    if (training_.weights().note(accept_program(context_, number_, program_of(current_)))) {
      status_ = AttemptStatus::solved;
    }
  }

  AttemptContext context_;
  std::uint64_t number_;
  AutomatonPlan plan_;
  Random random_;
  LearnedAutomaton automaton_;
  AttemptStatus status_ = AttemptStatus::running;
  AutomatonTraining training_;
  std::vector<float> current_;  // the weights that were kept last
  IteratedSearch search_;
};

}  // namespace

std::unique_ptr<Attempt> make_automaton_attempt(const AttemptContext& context,
                                                std::uint64_t number) {
  return std::make_unique<AutomatonAttempt>(context, number);
}

}  // namespace nram
