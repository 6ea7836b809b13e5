#include "discrete/cost/lane_evaluator.hpp"

#include <bit>

namespace nram::discrete {

LaneEvaluator::LaneEvaluator(const Machine& machine, unsigned states, const Penalties& penalties)
    : state_(machine, states, penalties),
      run_{byte_lane_run(), lane_run_16(), lane_run_32(), lane_run_64()},
      analysis_(machine, states),
      sources_(machine) {}

Liveness LaneEvaluator::liveness(const Candidate& candidate, std::uint64_t rows) {
  if (state_.penalties.features > 0.0) {
    Liveness all;
    all.fill(static_cast<RegisterSet>((1U << state_.machine.registers()) - 1));
    return all;
  }
  return analysis_.live_registers(candidate, rows);
}

bool LaneEvaluator::equivalent(const Candidate& a, const Candidate& b, std::uint64_t rows,
                               const Liveness& live) const {
  for (; rows != 0; rows &= rows - 1) {
    const auto row = static_cast<unsigned>(std::countr_zero(rows));
    const unsigned state = row / 2;
    if (a.finish[row] != b.finish[row] || a.next_state[row] != b.next_state[row] ||
        (state_.states > 1 && a.tests[state] != b.tests[state]) ||
        (state_.states > 1 && is_unconditional(a, state) && !is_unconditional(b, state)) ||
        !sources_.equivalent(a.circuits[a.circuit[row]], b.circuits[b.circuit[row]], live[row])) {
      return false;
    }
  }
  return true;
}

std::size_t LaneEvaluator::size(const Candidate& candidate) {
  const std::uint64_t rows = reachable_rows(state_.machine, state_.states, candidate);
  return sources_.joint_size(candidate, rows, liveness(candidate, rows));
}

LaneResult LaneEvaluator::evaluate(const Candidate& candidate, const ExampleBatch& batch) {
  return evaluate(candidate, std::span(&batch, 1));
}

LaneResult LaneEvaluator::evaluate(const Candidate& candidate,
                                   std::span<const ExampleBatch> batches, const Limit& limit,
                                   std::optional<std::uint64_t> expected_rows) {
  std::uint64_t rows =
      expected_rows ? *expected_rows : reachable_rows(state_.machine, state_.states, candidate);
  state_.code.translate(candidate, rows, liveness(candidate, rows));
  const auto count = static_cast<double>(batches.size());
  LaneResult total;
  std::size_t number = 0;
  for (const ExampleBatch& batch : batches) {
    const unsigned patience = limit.steps[number];
    const LaneRun run = run_[static_cast<std::size_t>(batch.width())];
    std::optional<LaneResult> result = run(state_, candidate, rows, batch, patience);
    if (!result) {
      rows = reachable_rows(state_.machine, state_.states, candidate);
      state_.code.translate(candidate, rows, liveness(candidate, rows));
      result = run(state_, candidate, rows, batch, patience);
    }
    if (result->rejected) {
      total.rejected = true;
      return total;
    }
    total.longest[number] = result->longest[0];
    total.cost += result->cost / count;
    total.rows |= result->rows;
    total.steps += result->steps;
    total.wrong |= result->wrong;
    total.first = number == 0 ? result->cost : total.first;
    ++number;
    if (total.cost > limit.cost || total.first > limit.first) {
      total.rejected = true;
      return total;
    }
  }
  return total;
}

}  // namespace nram::discrete
