#include "discrete/cost/lane_evaluator.hpp"

#include "discrete/cost/lane_vector.hpp"

#include <algorithm>
#include <bit>

namespace nram::discrete {

LaneEvaluator::LaneEvaluator(const Machine& machine, unsigned states, const Prices& prices)
    : machine_(machine),
      states_(states),
      prices_(prices),
      analysis_(machine, states),
      sources_(machine),
      code_(machine) {
  slots_.resize(machine.register_candidates());
}

Liveness LaneEvaluator::liveness(const Candidate& candidate, std::uint64_t rows) {
  if (prices_.clues > 0.0) {
    Liveness all;
    all.fill(static_cast<RegisterSet>((1U << machine_.registers()) - 1));
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
        (states_ > 1 && a.tests[state] != b.tests[state]) ||
        (states_ > 1 && is_unconditional(a, state) && !is_unconditional(b, state)) ||
        !sources_.equivalent(a.circuits[a.circuit[row]], b.circuits[b.circuit[row]], live[row])) {
      return false;
    }
  }
  return true;
}

std::size_t LaneEvaluator::size(const Candidate& candidate) {
  const std::uint64_t rows = reachable_rows(machine_, states_, candidate);
  return sources_.joint_size(candidate, rows, liveness(candidate, rows));
}

Outcome64 LaneEvaluator::evaluate(const Candidate& candidate, const Pack& pack) {
  return evaluate(candidate, std::span(&pack, 1));
}

Outcome64 LaneEvaluator::evaluate(const Candidate& candidate, std::span<const Pack> packs,
                                  const Limit& limit, std::optional<std::uint64_t> expected_rows) {
  std::uint64_t rows =
      expected_rows ? *expected_rows : reachable_rows(machine_, states_, candidate);
  code_.translate(candidate, rows, liveness(candidate, rows));
  const auto count = static_cast<double>(packs.size());
  Outcome64 total;
  std::size_t number = 0;
  for (const Pack& pack : packs) {
    const unsigned patience = limit.steps[number];
    std::optional<Outcome64> outcome = run(candidate, rows, pack, patience);
    if (!outcome) {
      rows = reachable_rows(machine_, states_, candidate);
      code_.translate(candidate, rows, liveness(candidate, rows));
      outcome = run(candidate, rows, pack, patience);
    }
    if (outcome->rejected) {
      total.rejected = true;
      return total;
    }
    total.longest[number] = outcome->longest[0];
    total.cost += outcome->cost / count;
    total.rows |= outcome->rows;
    total.steps += outcome->steps;
    total.wrong |= outcome->wrong;
    total.first = number == 0 ? outcome->cost : total.first;
    ++number;
    if (total.cost > limit.cost || total.first > limit.first) {
      total.rejected = true;
      return total;
    }
  }
  return total;
}

double LaneEvaluator::price(const Pack& pack, const Bytes& stopped, const Bytes& taken,
                            Outcome64& outcome) {
  missed_.resize(pack.results);
  const Vector one = splat(1);
  const Vector* const memory = vectors(memory_.data());
  const Vector* const initial = vectors(pack.memory.data());
  const Vector* const counts = vectors(pack.counts.data());
  Vector unclean{};
  for (unsigned cell = 0; cell < pack.cells; ++cell) {
    unclean += mask(memory[cell] != initial[cell]) & ~counts[cell] & one;
  }
  // Wrong result cells, and the weights of these and of what is nearly right about them, per lane.
  Vector wrong{};
  Vector weight{};
  Vector written{};
  Vector right_once{};
  for (unsigned k = 0; k < pack.results; ++k) {
    const Vector result_address = vector(pack.result_address[k]);
    const Vector exists = vector(pack.result_exists[k]);
    Vector value{};
    for (unsigned cell = pack.result_from[k]; cell < pack.result_to[k]; ++cell) {
      value |= mask(result_address == splat(cell)) & memory[cell];
    }
    const Vector miss = mask(value != vector(pack.result_value[k])) & exists;
    const Vector miss_weight = miss & vector(pack.result_weight[k]);
    vector(missed_[k]) = miss;
    wrong += miss & one;
    weight += miss_weight;
    written += vector(value_written_[k]) & miss_weight;
    right_once += vector(was_right_[k]) & miss_weight;
  }
  const Bytes wrong_bytes = bytes_of(wrong);
  const Bytes weight_bytes = bytes_of(weight);
  const Bytes written_bytes = bytes_of(written);
  const Bytes right_once_bytes = bytes_of(right_once);
  const Bytes unclean_bytes = bytes_of(unclean);
  // Plain loops over arrays, which the compiler turns into vector code.
  std::array<float, lanes> cost;
  const auto credit = static_cast<float>(prices_.partial_credit);
  const auto value_written = static_cast<float>(prices_.value_written);
  const auto was_right = static_cast<float>(prices_.was_right);
  const auto unclean_price = static_cast<float>(prices_.unclean);
  const auto not_stopped = static_cast<float>(prices_.not_stopped);
  const auto while_wrong = static_cast<float>(prices_.while_wrong);
  const auto late = static_cast<float>(prices_.late);
  for (unsigned lane = 0; lane < lanes; ++lane) {
    const float nearly = value_written * written_bytes[lane] + was_right * right_once_bytes[lane];
    const float faults = weight_bytes[lane] - credit * nearly;
    const float changed = unclean_bytes[lane];
    const float manners =
        unclean_price * changed / (changed + 1.0F) + (stopped[lane] == 0 ? not_stopped : 0.0F);
    cost[lane] = (faults * pack.result_share[lane] +
                  manners * (wrong_bytes[lane] == 0 ? 1.0F : while_wrong) + late * taken[lane]) *
                 pack.weight[lane];
  }
  outcome.wrong |= bits_of(mask(wrong != Vector{}));
  // Several sums, as each addition has to wait for the one before.
  constexpr unsigned sums = 16;
  std::array<float, sums> sum{};
  for (unsigned lane = 0; lane < lanes; lane += sums) {
    for (unsigned i = 0; i < sums; ++i) {
      sum[i] += cost[lane + i];
    }
  }
  float total = 0.0F;
  for (const float part : sum) {
    total += part;
  }
  return static_cast<double>(total) / pack.count;
}

}  // namespace nram::discrete
