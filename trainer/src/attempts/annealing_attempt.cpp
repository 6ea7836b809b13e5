#include "attempts/annealing_attempt.hpp"

#include "attempt_plan.hpp"
#include "attempts/champion.hpp"
#include "attempts/saved_annealing.hpp"
#include "attempts/time_slice.hpp"
#include "discrete/annealing.hpp"
#include "discrete/cost/weights.hpp"
#include "discrete/counter_examples.hpp"
#include "discrete/polish.hpp"
#include "discrete/proposals/soft_proposals.hpp"

#include <algorithm>

#include <nram/model-io/compile.hpp>

namespace nram {
namespace {

using discrete::Candidate;
using discrete::Elite;
using discrete::ExampleBatch;
using discrete::Moves;
using discrete::MoveSet;

std::vector<std::string_view> move_names() {
  std::vector<std::string_view> names(Moves::names().begin(), Moves::names().end());
  names.emplace_back("model-proposal");  // the last
  return names;
}

// Throws Error(usage) if the machine is too large.
Machine searchable(Machine machine, unsigned states) {
  discrete::require_searchable(machine, states);
  return machine;
}

discrete::Prices prices_of(const AnnealingPlan& plan) {
  discrete::Prices prices;
  prices.features = plan.features;
  prices.partial_credit = plan.partial_credit;
  return prices;
}

class AnnealingAttempt final : public Attempt {
 public:
  AnnealingAttempt(const AttemptContext& context, std::uint64_t number,
                   const std::optional<Candidate>& start, std::span<const float> table)
      : context_(context),
        number_(number),
        plan_(start ? repair_plan(context.settings, number)
                    : annealing_plan(context.settings, number)),
        machine_(searchable({plan_.registers, context.modules}, plan_.states)),
        start_(start),
        random_(random_of(context.settings, number, Purpose::learning)),
        evaluator_(machine_, plan_.states, prices_of(plan_)),
        moves_(machine_, plan_.states, plan_.keep),
        counts_(move_names()),
        annealer_(machine_, plan_.states, evaluator_,
                  {.propose = [this](auto& candidate, const auto& traits,
                                     auto& random) { return propose(candidate, traits, random); },
                   .confirm = [this](const Candidate& candidate) { return confirm(candidate); },
                   .count = [this](MoveSet moves, auto fate) { counts_.add(moves, fate); }}),
        polisher_(evaluator_,
                  [this](auto& candidate, const auto& traits, auto& random) {
                    return moves_.mutate(candidate, traits, random);
                  }),
        pool_(plan_.pool),
        examples_(context.task, {plan_.levels, plan_.states, plan_.registers, 0}, evaluator_,
                  random_of(context.settings, number, Purpose::examples)),
        champion_(context, number, machine_, plan_.states, plan_.prologue_cells,
                  examples_.examples()) {
    examples_.set_prologue(champion_.prologue_cells());
    const Candidate drawn = moves_.random_candidate(random_);
    constexpr double above_every_cost = 2.0;
    champion_.begin({above_every_cost, start_ ? *start_ : drawn});
    if (!table.empty()) {
      soft_.emplace(machine_, table);
    }
    end_unit();
  }

  AttemptStatus advance() override {
    const TimeSlice slice;
    if (is_polishing()) {
      polish(slice);
    } else if (status_ == AttemptStatus::running) {
      anneal(slice);
    }
    return status_;
  }

  [[nodiscard]] bool at_unit_end() const override { return at_unit_end_; }

  [[nodiscard]] AttemptProgress progress() const override {
    const std::uint64_t under_way = at_unit_end_     ? 0
                                    : is_polishing() ? polisher_.evaluated()
                                                     : annealer_.evaluated();
    const std::uint64_t work = work_ + under_way;
    return {.number = number_,
            .status = status_,
            .arm = Arm::annealing,
            .work = work,
            .work_limit = std::max(plan_.candidates, work),
            .cost = champion_.elite().cost,
            .best = champion_.score(),
            .moves = counts_.counts()};
  }

  [[nodiscard]] Model best() const override {
    const Arm arm = !start_ ? Arm::annealing : soft_ ? Arm::joint : Arm::repair;
    return compile_to_weights(champion_.program(), provenance(context_, number_, arm, work_));
  }

  [[nodiscard]] std::vector<std::uint8_t> save() const override { return saved_; }

  void restore_from(const Json& saved) {
    status_ = status_from(saved.at("status"));
    work_ = saved.at("work").get<std::uint64_t>();
    improved_at_ = saved.at("improved-at").get<std::uint64_t>();
    rounds_since_right_ = saved.at("rounds-since-right").get<unsigned>();
    restore(random_, saved.at("random"));
    restore_pool(saved.at("pool"), pool_);
    restore_examples(saved.at("examples"), examples_);
    restore_counts(saved.at("moves"), counts_);
    champion_.restore({exact_double(saved.at("best-cost")), candidate_from(saved.at("best"))},
                      score_from(saved.at("best-score")), saved.at("is-right").get<bool>());
    if (is_polishing()) {
      to_polish_ = candidate_from(saved.at("to-polish"));
      champion_.require_valid(to_polish_);
    }
    for (const Elite& elite : pool_.elites()) {
      champion_.require_valid(elite.candidate);
    }
    if (start_) {
      champion_.require_valid(*start_);
    }
    end_unit();
  }

 private:
  [[nodiscard]] bool is_polishing() const { return status_ == AttemptStatus::polishing; }

  // What is saved is always of the end of a unit: what is under way is begun anew.
  void end_unit() {
    at_unit_end_ = true;
    saved_ = Json::to_cbor({{"arm", name_of(Arm::annealing)},
                            {"number", number_},
                            {"start", start_ ? to_json(*start_) : Json()},
                            {"status", static_cast<unsigned>(status_)},
                            {"work", work_},
                            {"improved-at", improved_at_},
                            {"rounds-since-right", rounds_since_right_},
                            {"random", to_json(random_)},
                            {"pool", to_json(pool_)},
                            {"examples", to_json(examples_)},
                            {"moves", to_json(counts_)},
                            {"best-cost", exact(champion_.elite().cost)},
                            {"best", to_json(champion_.elite().candidate)},
                            {"best-score", to_json(champion_.score())},
                            {"is-right", champion_.is_right()},
                            {"to-polish", is_polishing() ? to_json(to_polish_) : Json()}});
  }

  // An attempt that still gets better is not cut off.
  [[nodiscard]] bool is_over() const {
    const double cost = champion_.elite().cost;
    const std::uint64_t times = cost < plan_.nearly_right ? plan_.patience_if_nearly_right : 1;
    const std::uint64_t patience_ends = improved_at_ + times * plan_.candidates / plan_.patience;
    const bool is_hopeless = work_ >= plan_.candidates / 2 && cost > plan_.most_at_half;
    return is_hopeless || work_ >= std::max(plan_.candidates, patience_ends);
  }

  MoveSet propose(Candidate& candidate, const discrete::Traits& traits, Random& random) {
    if (soft_ && random.chance(context_.settings.repair.joint_share)) {
      soft_->propose(candidate, traits.rows, random);
      return MoveSet{1} << Moves::names().size();
    }
    return moves_.mutate(candidate, traits, random);
  }

  std::optional<std::vector<ExampleBatch>> confirm(const Candidate& candidate) {
    if (examples_.confirm(candidate, plan_.confirmations)) {
      return std::nullopt;
    }
    std::vector<ExampleBatch> batches = examples_.batches();
    evaluate_pool(batches);
    return batches;
  }

  void evaluate_pool(std::span<const ExampleBatch> batches) {
    pool_.evaluate(
        [&](const Candidate& candidate) { return evaluator_.evaluate(candidate, batches).cost; });
  }

  // What all elites get right counts less; their costs change with the weights.
  void weigh_by_elites(std::vector<ExampleBatch>& batches) {
    if (pool_.elites().size() < plan_.least_elites) {
      return;
    }
    std::vector<const Candidate*> candidates;
    for (const Elite& elite : pool_.elites()) {
      candidates.push_back(&elite.candidate);
    }
    discrete::weigh(evaluator_, batches, candidates, plan_.least_weight);
    evaluate_pool(batches);
  }

  // A round is one annealing run, from a fresh candidate or from elites.
  void begin_round() {
    const bool is_near = champion_.elite().cost < plan_.nearly_right;
    moves_.limit_states(plan_.states - (is_near ? 0 : plan_.spare_states));
    std::vector<ExampleBatch> batches = examples_.batches();
    weigh_by_elites(batches);
    const bool is_fresh = !pool_.is_full() || random_.chance(plan_.fresh);
    annealer_.begin(is_fresh ? fresh() : from_elites(),
                    {.candidates = std::min(plan_.round_candidates, plan_.candidates),
                     .start = start_     ? plan_.start_if_repair
                              : is_fresh ? plan_.start_if_fresh
                                         : plan_.start_if_elite,
                     .limit_steps = plan_.limit_steps},
                    std::move(batches));
    at_unit_end_ = false;
  }

  Candidate fresh() { return start_ ? *start_ : moves_.random_candidate(random_); }

  Candidate from_elites() {
    const bool is_cross = random_.chance(plan_.crossed);
    const Candidate& one = pool_.tournament(random_).candidate;
    return is_cross ? moves_.cross(pool_.tournament(random_).candidate, one, random_) : one;
  }

  void anneal(const TimeSlice& slice) {
    if (at_unit_end_) {
      begin_round();
    }
    if (!annealer_.run(random_, [&] { return slice.is_over(); })) {
      return;
    }
    work_ += annealer_.evaluated();
    if (annealer_.has_found()) {
      finish(annealer_.current());
    } else {
      keep(annealer_.best());
      settle_for_unclean();
    }
    if (status_ == AttemptStatus::running && is_over()) {
      status_ = AttemptStatus::exhausted;
    }
    end_unit();
  }

  // A candidate that is right, clean and stops on every example that could be drawn.
  void finish(const Candidate& candidate) {
    if (champion_.offer({0.0, candidate}, examples_.confirmed_rows())) {
      begin_polishing(candidate);
    } else {
      // It is wrong only beyond the training lengths: nothing to learn from, so leave its region.
      pool_.clear();
    }
  }

  // The best of all rounds is told by what it costs where all examples weigh the same.
  void keep(const Elite& elite) {
    const auto plain = evaluator_.evaluate(elite.candidate, examples_.batches());
    if (!champion_.is_right() && plain.cost < champion_.elite().cost) {
      improved_at_ = work_;
      champion_.set_cost(plain.cost);
      champion_.offer({plain.cost, elite.candidate}, plain.rows);
    }
    pool_.offer(elite);
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

  void polish(const TimeSlice& slice) {
    if (at_unit_end_) {
      polisher_.begin(to_polish_, plan_.polish_candidates, examples_.batches());
      at_unit_end_ = false;
    }
    if (!polisher_.run(random_, [&] { return slice.is_over(); })) {
      return;
    }
    work_ += polisher_.evaluated();
    const Elite polished{polisher_.cost(), polisher_.current()};
    if (polished.cost > 0.0) {
      champion_.offer(polished, polisher_.outcome().rows);
    } else if (examples_.confirm(polished.candidate, plan_.confirmations)) {
      champion_.offer(polished, examples_.confirmed_rows());
    }
    status_ = AttemptStatus::solved;
    end_unit();
  }

  AttemptContext context_;
  std::uint64_t number_;
  AnnealingPlan plan_;
  Machine machine_;
  std::optional<Candidate> start_;  // of every annealing run; nothing = a random one
  AttemptStatus status_ = AttemptStatus::running;
  bool at_unit_end_ = true;
  Random random_;
  discrete::LaneEvaluator evaluator_;
  Moves moves_;
  std::optional<discrete::SoftProposals> soft_;  // of the model that start_ comes from
  discrete::MoveCounts counts_;
  discrete::Annealer annealer_;
  discrete::Polisher polisher_;
  discrete::ElitePool pool_;
  discrete::CounterExamples examples_;
  Champion champion_;
  Candidate to_polish_;
  unsigned rounds_since_right_ = 0;
  std::uint64_t work_ = 0;         // candidates of the units that have ended
  std::uint64_t improved_at_ = 0;  // the work of the last new best
  std::vector<std::uint8_t> saved_;
};

std::unique_ptr<Attempt> restored(const AttemptContext& context, const Json& saved,
                                  std::span<const float> table) {
  const Json& start = saved.at("start");
  auto attempt = std::make_unique<AnnealingAttempt>(
      context, saved.at("number").get<std::uint64_t>(),
      start.is_null() ? std::nullopt : std::optional(candidate_from(start)), table);
  attempt->restore_from(saved);
  return attempt;
}

}  // namespace

std::unique_ptr<Attempt> make_annealing_attempt(const AttemptContext& context,
                                                std::uint64_t number) {
  return std::make_unique<AnnealingAttempt>(context, number, std::nullopt,
                                            std::span<const float>());
}

std::unique_ptr<Attempt> restore_annealing_attempt(const AttemptContext& context,
                                                   const Json& saved) {
  return restored(context, saved, {});
}

std::unique_ptr<Attempt> make_repair_annealing(const AttemptContext& context, std::uint64_t number,
                                               const Candidate& start,
                                               std::span<const float> table) {
  return std::make_unique<AnnealingAttempt>(context, number, start, table);
}

std::unique_ptr<Attempt> restore_repair_annealing(const AttemptContext& context, const Json& saved,
                                                  std::span<const float> table) {
  return restored(context, saved, table);
}

}  // namespace nram
