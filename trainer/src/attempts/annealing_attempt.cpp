#include "attempts/annealing_attempt.hpp"

#include "attempts/annealing_patience.hpp"
#include "attempts/annealing_rounds.hpp"
#include "attempts/champion.hpp"
#include "attempts/polishing.hpp"
#include "attempts/time_slice.hpp"
#include "attempts/warm_candidate.hpp"
#include "programs/used_constants.hpp"

#include <algorithm>
#include <utility>

#include <nram/engine/error.hpp>
#include <nram/model-io/compile.hpp>

namespace nram {
namespace {

using discrete::Candidate;
using discrete::Elite;

class AnnealingAttempt final : public Attempt {
 public:
  AnnealingAttempt(const AttemptContext& context, std::uint64_t number, const AnnealingPlan& plan,
                   Arm found_by, std::optional<RepairStart> start)
      : context_(context),
        number_(number),
        found_by_(found_by),
        plan_(plan),
        patience_(plan_, context.task.stages() > 1),
        search_(context, number, plan_, std::move(start)),
        champion_(context, number, search_.machine(), plan_.states, plan_.prologue_cells,
                  search_.examples().examples()),
        rounds_(plan_, search_, champion_, patience_),
        polishing_(search_, champion_, patience_) {
    search_.examples().set_prologue(champion_.prologue_cells());
    const Candidate drawn = search_.draw();
    constexpr double above_every_cost = 2.0;
    champion_.begin({above_every_cost, search_.start() ? search_.start()->candidate : drawn});
    end_unit();
  }

  AttemptStatus advance() override {
    if (is_polishing()) {
      work_at(polishing_);
    } else if (status_ == AttemptStatus::running) {
      work_at(rounds_);
    }
    return status_;
  }

  [[nodiscard]] bool at_unit_end() const override { return at_unit_end_; }

  [[nodiscard]] AttemptProgress progress() const override {
    const std::uint64_t under_way = at_unit_end_     ? 0
                                    : is_polishing() ? polishing_.evaluated()
                                                     : rounds_.evaluated();
    const std::uint64_t work = patience_.work() + under_way;
    return {.number = number_,
            .status = status_,
            .arm = Arm::annealing,
            .work = work,
            .work_limit = std::max(plan_.candidates, work),
            .cost = champion_.elite().cost,
            .best = champion_.score(),
            .moves = search_.moves()};
  }

  [[nodiscard]] Model best() const override {
    return compile_to_weights(without_unused_constants(champion_.program()),
                              provenance(context_, number_, found_by_, patience_.work()));
  }

  [[nodiscard]] std::vector<std::uint8_t> save() const override { return saved_; }

  void restore_from(const Json& saved) override {
    status_ = status_from(saved.at("status"));
    if (status_ == AttemptStatus::diverged) {
      throw Error(ErrorKind::data, "a saved attempt at annealing cannot have diverged");
    }
    patience_.restore_from(saved);
    search_.restore_from(saved);
    champion_.restore_from(saved);
    if (is_polishing()) {
      polishing_.restore_from(saved.at("to-polish"));
    }
    for (const Elite& elite : search_.pool().elites()) {
      champion_.require_valid(elite.candidate);
    }
    end_unit();
  }

 private:
  [[nodiscard]] bool is_polishing() const { return status_ == AttemptStatus::polishing; }

  // For a time slice, at a round or at polishing: either is a unit.
  template <typename Unit>
  void work_at(Unit& unit) {
    const TimeSlice slice;
    if (at_unit_end_) {
      unit.begin();
      at_unit_end_ = false;
    }
    if (unit.run([&] { return slice.is_over(); })) {
      status_ = next_status();
      end_unit();
    }
  }

  // What is saved is always of the end of a unit: what is under way is begun anew.
  void end_unit() {
    at_unit_end_ = true;
    Json saved = saved_head(Arm::annealing, number_, status_);
    saved["to-polish"] = is_polishing() ? polishing_.save() : Json();
    patience_.save_to(saved);
    search_.save_to(saved);
    champion_.save_to(saved);
    saved_ = Json::to_cbor(saved);
  }

  // After a unit of work.
  [[nodiscard]] AttemptStatus next_status() {
    if (is_polishing()) {
      return AttemptStatus::solved;
    }
    if (rounds_.to_polish()) {
      polishing_.choose(*rounds_.to_polish());
      return AttemptStatus::polishing;
    }
    return patience_.is_over(champion_.elite().cost) ? AttemptStatus::exhausted
                                                     : AttemptStatus::running;
  }

  AttemptContext context_;
  std::uint64_t number_;
  Arm found_by_;
  AnnealingPlan plan_;
  AnnealingPatience patience_;
  AttemptStatus status_ = AttemptStatus::running;
  bool at_unit_end_ = true;
  AnnealingSearch search_;
  Champion champion_;
  AnnealingRounds rounds_;
  Polishing polishing_;
  std::vector<std::uint8_t> saved_;
};

}  // namespace

std::unique_ptr<Attempt> make_annealing_attempt(const AttemptContext& context,
                                                std::uint64_t number) {
  if (is_warm(context, number)) {
    const WarmCandidate warm = warm_candidate(context);
    return std::make_unique<AnnealingAttempt>(
        context, number, warm_plan(context.settings, number, warm.registers, warm.states),
        Arm::annealing, RepairStart{warm.candidate, {}});
  }
  return std::make_unique<AnnealingAttempt>(
      context, number, annealing_plan(context.settings, number, context.task.initial_registers()),
      Arm::annealing, std::nullopt);
}

std::unique_ptr<Attempt> make_repair_annealing(const AttemptContext& context, std::uint64_t number,
                                               RepairStart start) {
  const Arm found_by = start.table.empty() ? Arm::repair : Arm::joint;
  return std::make_unique<AnnealingAttempt>(
      context, number, repair_plan(context.settings, number, context.task.initial_registers()),
      found_by, std::move(start));
}

}  // namespace nram
