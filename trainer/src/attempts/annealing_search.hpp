#pragma once

// The search of an annealing attempt: where its runs start, what they propose, and which examples
// they are at.

#include "attempt_plan.hpp"
#include "attempts/attempt.hpp"
#include "discrete/annealing.hpp"
#include "discrete/counter_examples.hpp"
#include "discrete/elite_pool.hpp"
#include "discrete/polish.hpp"
#include "discrete/proposals/soft_proposals.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace nram {

/// A program that annealing is to repair.
struct RepairStart {
  discrete::Candidate candidate;
  /// soft_table() of the model that it comes from, which then has a say in what is tried; or empty.
  std::vector<float> table;
};

class AnnealingSearch {
 public:
  /// Every run starts from `start`, if there is one, and at random or from elites otherwise. Throws
  /// Error(usage) if the machine is too large for the search.
  AnnealingSearch(const AttemptContext& context, std::uint64_t number, const AnnealingPlan& plan,
                  std::optional<RepairStart> start);
  AnnealingSearch(const AnnealingSearch&) = delete;  // its parts refer to each other
  AnnealingSearch& operator=(const AnnealingSearch&) = delete;

  [[nodiscard]] const Machine& machine() const { return machine_; }
  [[nodiscard]] const std::optional<RepairStart>& start() const { return start_; }
  [[nodiscard]] const std::vector<MoveCount>& moves() const { return counts_.counts(); }
  [[nodiscard]] discrete::CounterExamples& examples() { return examples_; }
  [[nodiscard]] const discrete::ElitePool& pool() const { return pool_; }
  /// What is right is not worth starting from again.
  void leave_region() { pool_.clear(); }
  void offer(const discrete::Elite& elite) { pool_.offer(elite); }

  /// A candidate drawn at random.
  discrete::Candidate draw() { return moves_.random_candidate(random_); }

  /// What a candidate costs where all examples weigh the same.
  discrete::LaneResult evaluate(const discrete::Candidate& candidate) {
    return evaluator_.evaluate(candidate, examples_.batches());
  }
  /// Whether it is right on fresh examples, too; what it is wrong on is learned from, otherwise.
  bool confirm(const discrete::Candidate& candidate) {
    return examples_.confirm(candidate, plan_.confirmations);
  }

  /// A round is one annealing run, from a fresh candidate or from elites. `is_near`: the best so
  /// far is nearly right, so that the spare states come in.
  void begin_round(bool is_near);
  bool anneal(const discrete::IsOver& is_over) { return annealer_.run(random_, is_over); }
  [[nodiscard]] const discrete::Annealer& annealer() const { return annealer_; }

  void begin_polishing(const discrete::Candidate& candidate);
  bool polish(const discrete::IsOver& is_over) { return polisher_.run(random_, is_over); }
  [[nodiscard]] const discrete::Polisher& polisher() const { return polisher_; }

  /// Adds the state at the end of a round to what an attempt saves; puts it back. The latter throws
  /// Error(data) or the JSON library's exceptions if that is damaged or of another machine.
  void save_to(Json& saved) const;
  void restore_from(const Json& saved);

 private:
  discrete::MoveSet propose(discrete::Candidate& candidate, const discrete::Traits& traits,
                            Random& random);
  std::optional<std::vector<discrete::ExampleBatch>> examples_after(
      const discrete::Candidate& candidate);
  void evaluate_pool(std::span<const discrete::ExampleBatch> batches);
  void weigh_by_elites(std::vector<discrete::ExampleBatch>& batches);
  discrete::Candidate from_elites();

  AnnealingPlan plan_;
  double joint_share_;
  Machine machine_;
  std::optional<RepairStart> start_;
  Random random_;
  discrete::LaneEvaluator evaluator_;
  discrete::Moves moves_;
  std::optional<discrete::SoftProposals> soft_;
  discrete::MoveCounts counts_;
  discrete::Annealer annealer_;
  discrete::Polisher polisher_;
  discrete::ElitePool pool_;
  discrete::CounterExamples examples_;
};

}  // namespace nram
