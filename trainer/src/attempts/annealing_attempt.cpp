// An attempt by discrete search: annealing over circuits and over what says which of them runs
// when, judged by examples only, with a pool of elites and counter-examples.

#include "attempts/attempts.hpp"
#include "discrete/cost/lane_evaluator.hpp"
#include "discrete/cost/weights.hpp"
#include "discrete/example_source.hpp"
#include "discrete/liveness.hpp"
#include "discrete/proposals/moves.hpp"
#include "discrete/proposals/soft_proposals.hpp"
#include "programs/prologue.hpp"
#include "search_plan.hpp"
#include "storage/saved_search.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/compile.hpp>

namespace nram {
namespace {

using discrete::Candidate;
using discrete::LaneEvaluator;
using discrete::Liveness;
using discrete::Moves;
using discrete::Outcome64;
using discrete::Pack;
using discrete::Prices;
using discrete::SoftProposals;

constexpr std::size_t pool_size = 12;
constexpr std::uint64_t round_candidates = 50000;  // or all that an attempt has, if fewer
constexpr unsigned rounds_until_fresh = 60;  // rounds without a new best before the pool is emptied
constexpr unsigned verifications = 30;

// Rounds that look for a clean program once there is one that is right and stops.
constexpr unsigned clean_rounds = 30;

// The first pack decides alone about candidates that are far worse on it: how many times what the
// temperature allows.
constexpr double first_pack_slack = 2.0;

// What a result that all elites get right weighs beside one that none does, and how many elites
// there have to be before they are asked.
constexpr double least_weight = 0.05;
constexpr std::size_t least_elites = 4;

// The share of its candidates for which an attempt goes on without a new best, even beyond them,
// and how many times as long if that best costs so little that only some ends are missing.
constexpr std::uint64_t patience = 4;
constexpr double nearly_right = 0.2;
constexpr std::uint64_t patience_if_nearly_right = 3;

// Annealing temperatures, in units of mean cost.
constexpr double hot = 0.03;
constexpr double warm = 0.015;   // when an elite is annealed again
constexpr double gentle = 0.01;  // when a program that is nearly right is to be mended
constexpr double cold = 0.003;

Prices prices_of(const SearchPlan& plan) {
  Prices prices;
  prices.clues = plan.clues;
  prices.partial_credit = plan.partial_credit;
  return prices;
}

using StepLimits = std::array<unsigned, discrete::max_packs>;

// A candidate that takes much longer than the program it was made from, where that stops in all
// examples, mostly does not stop.
StepLimits limits_after(const Outcome64& parent) {
  StepLimits steps = parent.longest;
  for (unsigned& limit : steps) {
    limit += limit == discrete::without_limit ? 0 : limit / 2 + 4;
  }
  return steps;
}

struct Elite {
  double cost = 0.0;
  Candidate candidate;
};

class SearchAttempt final : public Attempt {
 public:
  SearchAttempt(const AttemptContext& context, std::uint64_t number,
                const std::optional<Candidate>& start, std::span<const float> table)
      : context_(context),
        number_(number),
        plan_(start ? mending_plan(context.settings, number)
                    : search_plan(context.settings, number)),
        machine_(plan_.registers, context.modules),
        example_source_(context.task, plan_),
        random_(random_of(context.settings, number, Purpose::learning)),
        example_random_(random_of(context.settings, number, Purpose::examples)),
        evaluator_(machine_, plan_.states, prices_of(plan_)),
        moves_(machine_, plan_.states, plan_.keep) {
    discrete::require_searchable(machine_, plan_.states);
    examples_ = example_source_.draw(example_random_);
    plan_loading();
    best_ = {2.0, moves_.random_candidate(random_)};
    begin_at(start);
    if (!table.empty()) {
      soft_.emplace(machine_, table);
    }
  }

  AttemptStatus advance() override {
    if (status_ == AttemptStatus::running) {
      round();
      const bool hopeless = work_ >= work_limit_ / 2 && best_.cost > plan_.most_at_half;
      const bool at_end = work_ >= std::max(work_limit_, patience_ends());
      if (status_ == AttemptStatus::running && (hopeless || at_end)) {
        status_ = AttemptStatus::exhausted;
      }
    }
    return status_;
  }

  [[nodiscard]] AttemptProgress progress() const override {
    return {number_, status_,    "search",   work_, std::max(work_limit_, work_),
            0,       best_.cost, best_score_};
  }

  [[nodiscard]] Model best() const override {
    return compile_to_weights(program_of(best_.candidate),
                              provenance(context_, number_, arm(), work_));
  }

  [[nodiscard]] std::vector<std::uint8_t> save() const override {
    Json pool = Json::array();
    for (const Elite& elite : pool_) {
      pool.push_back({exact(elite.cost), to_json(elite.candidate)});
    }
    Json examples = Json::array();
    for (const TestCase& example : examples_) {
      examples.push_back(to_json(example));
    }
    return Json::to_cbor({{"arm", "search"},
                          {"number", number_},
                          {"start", start_ ? to_json(*start_) : Json()},
                          {"status", static_cast<unsigned>(status_)},
                          {"work", work_},
                          {"improved-at", improved_at_},
                          {"stale-rounds", stale_rounds_},
                          {"is-right", is_right_},
                          {"rounds-since-right", rounds_since_right_},
                          {"random", nram::to_json(random_)},
                          {"example-random", nram::to_json(example_random_)},
                          {"pool", pool},
                          {"pool-best", exact(pool_best_)},
                          {"examples", examples},
                          {"best-cost", exact(best_.cost)},
                          {"best", to_json(best_.candidate)},
                          {"best-score", nram::to_json(best_score_)}});
  }

  void restore_from(const Json& saved) {
    status_ = status_from(saved.at("status"));
    work_ = saved.at("work").get<std::uint64_t>();
    improved_at_ = saved.at("improved-at").get<std::uint64_t>();
    stale_rounds_ = saved.at("stale-rounds").get<unsigned>();
    is_right_ = saved.at("is-right").get<bool>();
    rounds_since_right_ = saved.at("rounds-since-right").get<unsigned>();
    restore(random_, saved.at("random"));
    restore(example_random_, saved.at("example-random"));
    pool_.clear();
    for (const Json& elite : saved.at("pool")) {
      pool_.push_back({exact_double(elite.at(0)), candidate_from(elite.at(1))});
    }
    pool_best_ = exact_double(saved.at("pool-best"));
    examples_.clear();
    for (const Json& example : saved.at("examples")) {
      examples_.push_back(test_case_from(example));
    }
    if (examples_.size() != SearchExamples::count) {
      throw Error(ErrorKind::data, "a saved attempt has the wrong number of examples");
    }
    best_ = {exact_double(saved.at("best-cost")), candidate_from(saved.at("best"))};
    best_score_ = score_from(saved.at("best-score"));
    const auto fits = [&](const Candidate& candidate) { require_valid(candidate); };
    fits(best_.candidate);
    if (start_) {
      fits(*start_);
    }
    for (const Elite& elite : pool_) {
      fits(elite.candidate);
    }
  }

 private:
  void begin_at(const std::optional<Candidate>& start) {
    start_ = start;
    work_limit_ = start ? context_.settings.repair_candidates : context_.settings.candidates;
    if (start) {
      best_.candidate = *start;
    }
  }

  [[nodiscard]] std::string_view arm() const {
    return !start_ ? "search" : soft_ ? "joint" : "repair";
  }

  // An attempt that still gets better is not cut off.
  std::uint64_t patience_ends() const {
    const std::uint64_t times = best_.cost < nearly_right ? patience_if_nearly_right : 1;
    return improved_at_ + times * work_limit_ / patience;
  }

  // Builds the program, whose constructor checks everything.
  void require_valid(const Candidate& candidate) const {
    const auto below = [](const auto& values, unsigned limit) {
      return std::all_of(values.begin(), values.end(), [&](auto value) { return value < limit; });
    };
    if (!below(candidate.circuit, candidate.circuit_count) ||
        !below(candidate.next_state, plan_.states) ||
        !below(candidate.tests, machine_.registers())) {
      throw Error(ErrorKind::data,
                  "a saved candidate refers to a circuit, state or register it does not have");
    }
    (void)program_of(candidate);
  }

  // Loads as many of the planned cells as there are, if that is possible.
  void plan_loading() {
    std::size_t cells = plan_.loaded_cells;
    for (const TestCase& test : examples_) {
      cells = loadable_cells(std::span(&test.example, 1), cells);
    }
    plan_.loaded_cells = loading_circuits(machine_, static_cast<unsigned>(cells)).size();
  }

  // Cells behind the last one that the candidate looks at need not be loaded.
  [[nodiscard]] Program program_of(const Candidate& candidate) const {
    const unsigned loaded = (1U << plan_.loaded_cells) - 1;
    const unsigned live =
        discrete::LivenessAnalysis(machine_, plan_.states).live_at_start(candidate);
    return behind(loading_circuits(machine_, static_cast<unsigned>(std::bit_width(live & loaded))),
                  discrete::to_program(machine_, plan_.states, candidate));
  }

  Outcome64 evaluate(const Candidate& candidate, std::span<const Pack> packs) {
    return evaluator_.evaluate(candidate, packs);
  }

  // Whether the candidate has no cost on many fresh examples; otherwise some that it fails take the
  // place of random ones.
  bool is_right_on_fresh(const Candidate& candidate) {
    verified_rows_ = 0;
    for (unsigned i = 0; i < verifications; ++i) {
      std::vector<TestCase> fresh = example_source_.draw(example_random_);
      const Outcome64 outcome = evaluate(candidate, example_source_.pack(fresh));
      if (outcome.cost == 0.0) {
        verified_rows_ |= outcome.rows;
        continue;
      }
      for (TestCase& example : fresh) {
        const Pack single(std::span(&example, 1), machine_.registers(), plan_.loaded_cells);
        if (evaluator_.evaluate(candidate, single).cost > 0.0) {
          examples_[example_random_.below(SearchExamples::count)] = std::move(example);
        }
      }
      return false;
    }
    return true;
  }

  // The elites' costs change with the weights.
  void weigh_by_elites(std::vector<Pack>& packs) {
    if (pool_.size() < least_elites) {
      return;
    }
    std::vector<const Candidate*> candidates;
    for (const Elite& elite : pool_) {
      candidates.push_back(&elite.candidate);
    }
    discrete::weigh(evaluator_, packs, candidates, least_weight);
    evaluate_pool(packs);
  }

  void evaluate_pool(std::span<const Pack> packs) {
    pool_best_ = std::numeric_limits<double>::infinity();
    for (Elite& elite : pool_) {
      elite.cost = evaluate(elite.candidate, packs).cost;
      pool_best_ = std::min(pool_best_, elite.cost);
    }
  }

  const Elite& tournament() {
    constexpr unsigned rivals = 3;
    const Elite* winner = &pool_[random_.below(pool_.size())];
    for (unsigned i = 1; i < rivals; ++i) {
      const Elite& rival = pool_[random_.below(pool_.size())];
      winner = rival.cost < winner->cost ? &rival : winner;
    }
    return *winner;
  }

  void mutate(Candidate& candidate, const discrete::Traits& traits) {
    if (soft_ && random_.chance(context_.settings.joint_share)) {
      soft_->propose(candidate, traits.rows, random_);
    } else {
      moves_.mutate(candidate, traits, random_);
    }
  }

  // One annealing run, from a fresh candidate or from an elite.
  void round() {
    moves_.limit_states(plan_.states - (best_.cost < nearly_right ? 0 : plan_.spare_states));
    std::vector<Pack> examples = example_source_.pack(examples_);
    weigh_by_elites(examples);
    const bool fresh = pool_.size() < pool_size || random_.chance(0.3);
    Candidate current = fresh ? (start_ ? *start_ : moves_.random_candidate(random_))
                        : random_.chance(0.3)
                            ? moves_.cross(tournament().candidate, tournament().candidate, random_)
                            : tournament().candidate;
    const double start = start_ ? gentle : fresh ? hot : warm;
    Outcome64 outcome = evaluate(current, examples);
    Liveness live = evaluator_.liveness(current, outcome.rows);
    Elite round_best{outcome.cost, current};
    const std::uint64_t candidates = std::min(round_candidates, work_limit_);
    for (std::uint64_t k = 0; k < candidates; ++k) {
      Candidate proposal = current;
      mutate(proposal, {outcome.rows, live});
      if (evaluator_.equivalent(current, proposal, outcome.rows, live)) {
        current = proposal;  // drifts among equals, for free
        continue;
      }
      // Metropolis' rule with its random number drawn first, so that it becomes a limit.
      const double temperature =
          start * std::pow(cold / start, static_cast<double>(k) / static_cast<double>(candidates));
      const double worse = -temperature * std::log(1.0 - random_.uniform());
      const Outcome64 proposed = evaluator_.evaluate(
          proposal, examples,
          {outcome.cost + worse, outcome.first + first_pack_slack * (worse + temperature),
           plan_.limit_steps ? limits_after(outcome) : discrete::Limit{}.steps},
          discrete::likely_rows(machine_, plan_.states, current, outcome.rows, proposal));
      ++work_;
      if (proposed.rejected) {
        continue;
      }
      current = proposal;
      outcome = proposed;
      live = evaluator_.liveness(current, outcome.rows);
      if (outcome.cost < round_best.cost) {
        round_best = {outcome.cost, current};
      }
      while (outcome.cost == 0.0) {
        if (is_right_on_fresh(current)) {
          finish(current);
          return;
        }
        examples = example_source_.pack(examples_);
        outcome = evaluate(current, examples);
        live = evaluator_.liveness(current, outcome.rows);
        round_best = {outcome.cost, current};
        evaluate_pool(examples);
      }
    }
    keep(round_best, evaluate(round_best.candidate, example_source_.pack(examples_)));
    settle_for_unclean();
  }

  // Tests the candidate, first made easier to read, and remembers it if it is the best so far.
  bool passes(const Elite& elite, std::uint64_t rows) {
    // Rows that no example enters are anything; that they do matter on longer ones is rare.
    Candidate simple = discrete::simplified(machine_, plan_.states, elite.candidate, rows);
    discrete::leave_dead_registers_alone(machine_, plan_.states, simple);
    simple = discrete::simplified(machine_, plan_.states, simple, rows);
    for (const Candidate& variant : {simple, elite.candidate}) {
      const TestResult result = test_program(context_, number_, program_of(variant));
      if (result.passed || (!is_right_ && result.score > best_score_)) {
        best_ = {elite.cost, variant};
        best_score_ = result.score;
      }
      if (result.passed) {
        return true;
      }
    }
    return false;
  }

  // A candidate that is right, clean and stops on every example that could be drawn.
  void finish(const Candidate& candidate) {
    if (passes({0.0, candidate}, verified_rows_)) {
      status_ = AttemptStatus::solved;
      is_right_ = true;
      polish(candidate);
      return;
    }
    // It is wrong only beyond the training lengths: nothing to learn from, so leave its region.
    pool_.clear();
    stale_rounds_ = 0;
  }

  // Looks for a program that takes fewer steps, or as many with less in it, and costs no more;
  // replaces best_ if that passes the tests, too.
  void polish(const Candidate& candidate) {
    const std::vector<Pack> examples = example_source_.pack(examples_);
    Candidate current = candidate;
    Outcome64 outcome = evaluate(current, examples);
    const double limit = outcome.cost;
    std::size_t size = evaluator_.size(current);
    Liveness live = evaluator_.liveness(current, outcome.rows);
    for (unsigned k = 0; k < context_.settings.polish_candidates; ++k) {
      Candidate proposal = current;
      moves_.mutate(proposal, {outcome.rows, live}, random_);
      if (evaluator_.equivalent(current, proposal, outcome.rows, live)) {
        current = proposal;
        continue;
      }
      const Outcome64 proposed = evaluator_.evaluate(proposal, examples, {limit});
      ++work_;
      if (proposed.rejected || proposed.steps > outcome.steps) {
        continue;
      }
      const std::size_t proposed_size = evaluator_.size(proposal);
      if (std::pair(proposed.steps, proposed_size) <= std::pair(outcome.steps, size)) {
        current = proposal;
        outcome = proposed;
        size = proposed_size;
        live = evaluator_.liveness(current, outcome.rows);
      }
    }
    if (limit > 0.0) {
      (void)passes({limit, current}, outcome.rows);
    } else if (is_right_on_fresh(current)) {
      (void)passes({limit, current}, verified_rows_);
    }
  }

  // What is right and stops, but changes other cells, is taken if nothing better comes up soon.
  void settle_for_unclean() {
    rounds_since_right_ += is_right_ ? 1 : 0;
    if (status_ == AttemptStatus::running && rounds_since_right_ > clean_rounds) {
      status_ = AttemptStatus::solved;
      polish(best_.candidate);
    }
  }

  // `plain` is what evaluating it with all examples weighing the same gives: the best of all rounds
  // is told by that.
  void keep(const Elite& elite, const Outcome64& plain) {
    if (!is_right_ && plain.cost < best_.cost) {
      improved_at_ = work_;
      best_.cost = plain.cost;
      is_right_ = passes({plain.cost, elite.candidate}, plain.rows);
    }
    const bool known = std::any_of(pool_.begin(), pool_.end(),
                                   [&](const Elite& e) { return e.cost == elite.cost; });
    if (pool_.empty() || elite.cost < pool_best_) {
      pool_best_ = elite.cost;
      stale_rounds_ = 0;
    } else {
      ++stale_rounds_;
    }
    if (pool_.size() < pool_size) {
      pool_.push_back(elite);
    } else if (!known) {
      const auto worst = std::max_element(
          pool_.begin(), pool_.end(), [](const auto& a, const auto& b) { return a.cost < b.cost; });
      if (elite.cost < worst->cost) {
        *worst = elite;
      }
    }
    if (stale_rounds_ >= rounds_until_fresh) {
      pool_.clear();
      stale_rounds_ = 0;
    }
  }

  AttemptContext context_;
  std::uint64_t number_;
  SearchPlan plan_;
  Machine machine_;
  SearchExamples example_source_;
  std::optional<Candidate> start_;  // of every annealing run; nothing = a random one
  std::uint64_t work_limit_ = 0;
  AttemptStatus status_ = AttemptStatus::running;
  Random random_;
  Random example_random_;
  LaneEvaluator evaluator_;
  Moves moves_;
  std::optional<SoftProposals> soft_;  // of the model that start_ comes from; nothing = no say
  std::vector<TestCase> examples_;
  std::vector<Elite> pool_;
  double pool_best_ = 2.0;
  std::uint64_t verified_rows_ = 0;  // that the fresh examples of the last verification entered
  unsigned stale_rounds_ = 0;
  bool is_right_ = false;  // best_ has passed the tests, though it has a cost
  unsigned rounds_since_right_ = 0;
  std::uint64_t work_ = 0;
  std::uint64_t improved_at_ = 0;  // the work of the last new best
  Elite best_;
  Score best_score_;
};

std::unique_ptr<Attempt> restored(const AttemptContext& context, const Json& saved,
                                  std::span<const float> table) {
  const Json& start = saved.at("start");
  auto attempt = std::make_unique<SearchAttempt>(
      context, saved.at("number").get<std::uint64_t>(),
      start.is_null() ? std::nullopt : std::optional(candidate_from(start)), table);
  attempt->restore_from(saved);
  return attempt;
}

}  // namespace

std::unique_ptr<Attempt> make_search_attempt(const AttemptContext& context, std::uint64_t number) {
  return std::make_unique<SearchAttempt>(context, number, std::nullopt, std::span<const float>());
}

std::unique_ptr<Attempt> restore_search_attempt(const AttemptContext& context, const Json& saved) {
  return restored(context, saved, {});
}

std::unique_ptr<Attempt> make_mending_attempt(const AttemptContext& context, std::uint64_t number,
                                              const Candidate& start,
                                              std::span<const float> table) {
  return std::make_unique<SearchAttempt>(context, number, start, table);
}

std::unique_ptr<Attempt> restore_mending_attempt(const AttemptContext& context, const Json& saved,
                                                 std::span<const float> table) {
  return restored(context, saved, table);
}

}  // namespace nram
