#include "attempts/annealing_search.hpp"

#include "attempts/saved_annealing.hpp"
#include "discrete/cost/weights.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <nram/engine/error.hpp>

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

Machine searchable(Machine machine, unsigned states) {
  discrete::require_searchable(machine, states);
  return machine;
}

discrete::Penalties penalties_of(const AnnealingPlan& plan) {
  discrete::Penalties penalties;
  penalties.features = plan.features;
  penalties.partial_credit = plan.partial_credit;
  return penalties;
}

}  // namespace

AnnealingSearch::AnnealingSearch(const AttemptContext& context, std::uint64_t number,
                                 const AnnealingPlan& plan, std::optional<RepairStart> start)
    : plan_(plan),
      joint_share_(context.settings.repair.joint_share),
      machine_(searchable({plan.registers, context.modules, context.task.order()}, plan.states)),
      start_(std::move(start)),
      random_(random_of(context.settings, number, Purpose::learning)),
      evaluator_(machine_, plan.states, penalties_of(plan)),
      moves_(machine_, plan.states, plan.keep),
      counts_(move_names()),
      annealer_(machine_, plan.states, evaluator_,
                {.propose = [this](auto& candidate, const auto& traits,
                                   auto& random) { return propose(candidate, traits, random); },
                 .confirm = [this](const Candidate& right) { return examples_after(right); },
                 .count = [this](MoveSet moves, auto fate) { counts_.add(moves, fate); }}),
      polisher_(evaluator_,
                [this](auto& candidate, const auto& traits, auto& random) {
                  return moves_.mutate(candidate, traits, random);
                }),
      pool_(plan.pool),
      examples_(context.task, {plan.levels, plan.states, plan.registers, 0}, evaluator_,
                random_of(context.settings, number, Purpose::examples)) {
  if (start_ && !start_->table.empty()) {
    soft_.emplace(machine_, start_->table);
  }
}

MoveSet AnnealingSearch::propose(Candidate& candidate, const discrete::Traits& traits,
                                 Random& random) {
  if (soft_ && random.chance(joint_share_)) {
    soft_->propose(candidate, traits.rows, random);
    return MoveSet{1} << Moves::names().size();
  }
  return moves_.mutate(candidate, traits, random);
}

// Of a candidate that is right: nothing if it is so on fresh ones, too.
std::optional<std::vector<ExampleBatch>> AnnealingSearch::examples_after(
    const Candidate& candidate) {
  if (confirm(candidate)) {
    return std::nullopt;
  }
  std::vector<ExampleBatch> batches = examples_.batches();
  evaluate_pool(batches);
  return batches;
}

void AnnealingSearch::evaluate_pool(std::span<const ExampleBatch> batches) {
  pool_.evaluate(
      [&](const Candidate& candidate) { return evaluator_.evaluate(candidate, batches).cost; });
}

// What all elites get right counts less; their costs change with the weights.
void AnnealingSearch::weigh_by_elites(std::vector<ExampleBatch>& batches) {
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

void AnnealingSearch::begin_round(bool is_near) {
  moves_.limit_states(plan_.states - (is_near ? 0 : plan_.spare_states));
  std::vector<ExampleBatch> batches = examples_.batches();
  weigh_by_elites(batches);
  const bool is_fresh = !pool_.is_full() || random_.chance(plan_.fresh);
  const Candidate first = !is_fresh ? from_elites() : start_ ? start_->candidate : draw();
  annealer_.begin(first,
                  {.candidates = std::min(plan_.round_candidates, plan_.candidates),
                   .start = start_     ? plan_.start_if_repair
                            : is_fresh ? plan_.start_if_fresh
                                       : plan_.start_if_elite,
                   .limit_steps = plan_.limit_steps},
                  std::move(batches));
}

Candidate AnnealingSearch::from_elites() {
  const bool is_cross = random_.chance(plan_.crossed);
  const Candidate& one = pool_.tournament(random_).candidate;
  return is_cross ? moves_.cross(pool_.tournament(random_).candidate, one, random_) : one;
}

void AnnealingSearch::begin_polishing(const Candidate& candidate) {
  polisher_.begin(candidate, plan_.polish_candidates, examples_.batches());
}

void AnnealingSearch::save_to(Json& saved) const {
  saved["start"] = start_ ? to_json(start_->candidate) : Json();
  saved["random"] = to_json(random_);
  saved["pool"] = to_json(pool_);
  saved["examples"] = to_json(examples_);
  saved["moves"] = to_json(counts_);
}

void AnnealingSearch::restore_from(const Json& saved) {
  if (saved.at("start") != (start_ ? to_json(start_->candidate) : Json())) {
    throw Error(ErrorKind::data, "a saved attempt begins from another program");
  }
  restore(random_, saved.at("random"));
  restore_pool(saved.at("pool"), pool_);
  restore_examples(saved.at("examples"), machine_.registers(), examples_);
  restore_counts(saved.at("moves"), counts_);
}

}  // namespace nram
