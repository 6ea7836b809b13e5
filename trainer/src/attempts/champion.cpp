#include "attempts/champion.hpp"

#include "attempts/saved_annealing.hpp"
#include "discrete/liveness.hpp"
#include "programs/prologue.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include <nram/engine/error.hpp>

namespace nram {
namespace {

using discrete::Candidate;

std::size_t loaded_cells(const Machine& machine, std::size_t cells,
                         std::span<const TestCase> examples) {
  for (const TestCase& test : examples) {
    cells = loadable_cells(std::span(&test.example, 1), cells);
  }
  return prologue_circuits(machine, static_cast<unsigned>(cells)).size();
}

}  // namespace

Champion::Champion(AttemptContext context, std::uint64_t number, const Machine& machine,
                   unsigned states, std::size_t prologue_cells, std::span<const TestCase> examples)
    : context_(std::move(context)),
      number_(number),
      machine_(machine),
      states_(states),
      prologue_cells_(loaded_cells(machine, prologue_cells, examples)) {}

// Cells behind the last one that the candidate looks at need not be loaded.
Program Champion::program_of(const Candidate& candidate) const {
  const unsigned loaded = (1U << prologue_cells_) - 1;
  const unsigned live = discrete::LivenessAnalysis(machine_, states_).live_at_start(candidate);
  const auto cells = static_cast<unsigned>(std::bit_width(live & loaded));
  return behind(prologue_circuits(machine_, cells),
                discrete::to_program(machine_, states_, candidate));
}

bool Champion::offer(const discrete::Elite& elite, std::uint64_t rows) {
  // Rows that no example enters are anything; that they do matter on longer ones is rare.
  Candidate simple = discrete::simplified(machine_, states_, elite.candidate, rows);
  discrete::leave_dead_registers_alone(machine_, states_, simple);
  simple = discrete::simplified(machine_, states_, simple, rows);
  for (const Candidate& variant : {simple, elite.candidate}) {
    const AcceptanceResult result = accept_program(context_, number_, program_of(variant));
    if (result.passed || (!is_right_ && result.score > score_)) {
      elite_ = {elite.cost, variant};
      score_ = result.score;
    }
    if (result.passed) {
      is_right_ = true;
      return true;
    }
  }
  return false;
}

bool Champion::offer_if_better(const discrete::Elite& elite, std::uint64_t rows) {
  if (is_right_ || elite.cost >= elite_.cost) {
    return false;
  }
  elite_.cost = elite.cost;  // the lowest, even if the candidate's score is not the best
  offer(elite, rows);
  return true;
}

void Champion::save_to(Json& saved) const {
  saved["best-cost"] = exact(elite_.cost);
  saved["best"] = to_json(elite_.candidate);
  saved["best-score"] = to_json(score_);
  saved["is-right"] = is_right_;
}

void Champion::restore_from(const Json& saved) {
  const discrete::Elite elite{exact_double(saved.at("best-cost")),
                              candidate_from(saved.at("best"))};
  require_valid(elite.candidate);
  if (!std::isfinite(elite.cost)) {
    throw Error(ErrorKind::data, "the cost of a saved candidate is not a number");
  }
  elite_ = elite;
  score_ = score_from(saved.at("best-score"));
  is_right_ = saved.at("is-right").get<bool>();
}

void Champion::require_valid(const Candidate& candidate) const {
  if (!discrete::is_valid(machine_, states_, candidate)) {
    throw Error(
        ErrorKind::data,
        "a saved candidate refers to a circuit, state, register or module it does not have");
  }
}

}  // namespace nram
