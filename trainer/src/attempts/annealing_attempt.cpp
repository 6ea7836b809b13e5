#include "attempts/annealing_attempt.hpp"

#include "attempts/annealing_patience.hpp"
#include "attempts/champion.hpp"
#include "attempts/saved_annealing.hpp"
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
        patience_(plan_),
        search_(context, number, plan_, std::move(start)),
        champion_(context, number, search_.machine(), plan_.states, plan_.prologue_cells,
                  search_.examples().examples()) {
    search_.examples().set_prologue(champion_.prologue_cells());
    const Candidate drawn = search_.draw();
    constexpr double above_every_cost = 2.0;
    champion_.begin({above_every_cost, search_.start() ? search_.start()->candidate : drawn});
    end_unit();
  }

  AttemptStatus advance() override {
    const TimeSlice slice;
    const auto is_over = [&] { return slice.is_over(); };
    if (is_polishing()) {
      polish(is_over);
    } else if (status_ == AttemptStatus::running) {
      anneal(is_over);
    }
    return status_;
  }

  [[nodiscard]] bool at_unit_end() const override { return at_unit_end_; }

  [[nodiscard]] AttemptProgress progress() const override {
    const std::uint64_t under_way = at_unit_end_     ? 0
                                    : is_polishing() ? search_.polisher().evaluated()
                                                     : search_.annealer().evaluated();
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

  void restore_from(const Json& saved) {
    status_ = status_from(saved.at("status"));
    if (status_ == AttemptStatus::diverged) {
      throw Error(ErrorKind::data, "a saved attempt at annealing cannot have diverged");
    }
    const auto& start = search_.start();
    if (saved.at("start") != (start ? to_json(start->candidate) : Json())) {
      throw Error(ErrorKind::data, "a saved attempt begins from another program");
    }
    patience_.restore(count_from(saved.at("work")), count_from(saved.at("improved-at")));
    rounds_since_right_ = static_cast<unsigned>(
        count_from(saved.at("rounds-since-right"), std::uint64_t{plan_.clean_rounds} + 1));
    misled_ = static_cast<unsigned>(count_from(saved.at("misled")));
    search_.restore_from(saved);
    champion_.restore_from(saved);
    if (is_polishing()) {
      to_polish_ = candidate_from(saved.at("to-polish"));
      champion_.require_valid(to_polish_);
    }
    for (const Elite& elite : search_.pool().elites()) {
      champion_.require_valid(elite.candidate);
    }
    if (search_.start()) {
      champion_.require_valid(search_.start()->candidate);
    }
    end_unit();
  }

 private:
  [[nodiscard]] bool is_polishing() const { return status_ == AttemptStatus::polishing; }

  // What is saved is always of the end of a unit: what is under way is begun anew.
  void end_unit() {
    at_unit_end_ = true;
    Json saved{{"arm", name_of(Arm::annealing)},
               {"number", number_},
               {"status", static_cast<unsigned>(status_)},
               {"work", patience_.work()},
               {"improved-at", patience_.improved_at()},
               {"rounds-since-right", rounds_since_right_},
               {"misled", misled_},
               {"to-polish", is_polishing() ? to_json(to_polish_) : Json()}};
    search_.save_to(saved);
    champion_.save_to(saved);
    saved_ = Json::to_cbor(saved);
  }

  void anneal(const discrete::IsOver& is_over) {
    if (at_unit_end_) {
      search_.begin_round(champion_.elite().cost < plan_.nearly_right);
      at_unit_end_ = false;
    }
    if (!search_.anneal(is_over)) {
      return;
    }
    patience_.add(search_.annealer().evaluated());
    if (search_.annealer().has_found()) {
      finish(search_.annealer().current());
    } else {
      keep(search_.annealer().best());
      settle_for_unclean();
    }
    const bool is_misled = misled_ >= plan_.most_misled && context_.task.stages() > 1;
    if (status_ == AttemptStatus::running &&
        (is_misled || patience_.is_over(champion_.elite().cost))) {
      status_ = AttemptStatus::exhausted;
    }
    end_unit();
  }

  // A candidate that is right, clean and stops on every example that could be drawn.
  void finish(const Candidate& candidate) {
    if (champion_.offer({0.0, candidate}, search_.examples().confirmed_rows())) {
      begin_polishing(candidate);
    } else {
      // It is wrong only beyond the training lengths: nothing to learn from, so leave its region.
      search_.leave_region();
      ++misled_;
    }
  }

  // The best of all rounds is told by what it costs where all examples weigh the same.
  void keep(const Elite& elite) {
    const auto plain = search_.evaluate(elite.candidate);
    if (!champion_.is_right() && plain.cost < champion_.elite().cost) {
      patience_.note_improvement();
      champion_.set_cost(plain.cost);
      champion_.offer({plain.cost, elite.candidate}, plain.rows);
    }
    search_.offer(elite);
  }

  // What is right and stops, but changes other cells, is taken if nothing better comes up soon.
  void settle_for_unclean() {
    rounds_since_right_ += champion_.is_right() ? 1 : 0;
    if (rounds_since_right_ > plan_.clean_rounds) {
      begin_polishing(champion_.elite().candidate);
    }
  }

  void begin_polishing(const Candidate& candidate) {
    status_ = AttemptStatus::polishing;
    to_polish_ = candidate;
  }

  void polish(const discrete::IsOver& is_over) {
    if (at_unit_end_) {
      search_.begin_polishing(to_polish_);
      at_unit_end_ = false;
    }
    if (!search_.polish(is_over)) {
      return;
    }
    const discrete::Polisher& polisher = search_.polisher();
    patience_.add(polisher.evaluated());
    const Elite polished{polisher.cost(), polisher.current()};
    if (polished.cost > 0.0) {
      champion_.offer(polished, polisher.outcome().rows);
    } else if (search_.confirm(polished.candidate)) {
      champion_.offer(polished, search_.examples().confirmed_rows());
    }
    status_ = AttemptStatus::solved;
    end_unit();
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
  Candidate to_polish_;
  unsigned rounds_since_right_ = 0;
  unsigned misled_ = 0;  // times that what was right on all examples failed the test
  std::vector<std::uint8_t> saved_;
};

std::unique_ptr<AnnealingAttempt> annealing(const AttemptContext& context, std::uint64_t number) {
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

std::unique_ptr<AnnealingAttempt> repair(const AttemptContext& context, std::uint64_t number,
                                         RepairStart start) {
  const Arm found_by = start.table.empty() ? Arm::repair : Arm::joint;
  return std::make_unique<AnnealingAttempt>(
      context, number, repair_plan(context.settings, number, context.task.initial_registers()),
      found_by, std::move(start));
}

}  // namespace

std::unique_ptr<Attempt> make_annealing_attempt(const AttemptContext& context,
                                                std::uint64_t number) {
  return annealing(context, number);
}

std::unique_ptr<Attempt> restore_annealing_attempt(const AttemptContext& context,
                                                   const Json& saved) {
  auto attempt = annealing(context, count_from(saved.at("number")));
  attempt->restore_from(saved);
  return attempt;
}

std::unique_ptr<Attempt> make_repair_annealing(const AttemptContext& context, std::uint64_t number,
                                               RepairStart start) {
  return repair(context, number, std::move(start));
}

std::unique_ptr<Attempt> restore_repair_annealing(const AttemptContext& context, const Json& saved,
                                                  std::vector<float> table) {
  auto attempt = repair(context, count_from(saved.at("number")),
                        {candidate_from(saved.at("start")), std::move(table)});
  attempt->restore_from(saved);
  return attempt;
}

}  // namespace nram
