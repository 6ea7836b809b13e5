#include "lane_evaluator.hpp"

#include "lane_vector.hpp"

#include <algorithm>
#include <bit>

namespace nram::discrete {
namespace {

// All lanes or'ed together.
std::uint8_t combined(const Bytes& bytes) {
  std::uint64_t bits = 0;
  for (const std::uint64_t quad : std::bit_cast<std::array<std::uint64_t, lanes / 8>>(bytes)) {
    bits |= quad;
  }
  bits |= bits >> 32U;
  bits |= bits >> 16U;
  bits |= bits >> 8U;
  return static_cast<std::uint8_t>(bits & 0xffU);
}

}  // namespace

LaneEvaluator::LaneEvaluator(const Machine& machine, unsigned states, const Prices& prices)
    : machine_(machine),
      states_(states),
      prices_(prices),
      analysis_(machine, states),
      code_(machine) {
  slots_.resize(machine.register_candidates());
  needed_in_.resize(machine.register_candidates());
  in_group_.resize(code_.group_limit());
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
        !code_.sources().equivalent(a.circuits[a.circuit[row]], b.circuits[b.circuit[row]],
                                    live[row])) {
      return false;
    }
  }
  return true;
}

void LaneEvaluator::prepare(const Candidate& candidate, std::uint64_t rows) {
  code_.merge(candidate, rows, liveness(candidate, rows));
  group_tables_.resize(code_.groups().size());
  for (std::size_t g = 0; g < group_tables_.size(); ++g) {
    group_tables_[g] = bytes_from(code_.circuits_in(code_.groups()[g]));
  }
  for (const LaneCode::Operation& operation : code_.operations()) {
    if (operation.opcode == Opcode::read) {
      needed_in_[operation.output] = bytes_from(operation.needed_in);
    }
  }
}

Outcome64 LaneEvaluator::evaluate(const Candidate& candidate, const Pack& pack) {
  return evaluate(candidate, std::span(&pack, 1));
}

Outcome64 LaneEvaluator::evaluate(const Candidate& candidate, std::span<const Pack> packs,
                                  const Limit& limit, std::optional<std::uint64_t> expected_rows) {
  prepare(candidate, expected_rows ? *expected_rows : reachable_rows(machine_, states_, candidate));
  const auto count = static_cast<double>(packs.size());
  Outcome64 total;
  std::size_t number = 0;
  for (const Pack& pack : packs) {
    const unsigned patience = limit.steps[number];
    std::optional<Outcome64> outcome = run(candidate, pack, patience);
    if (!outcome) {
      prepare(candidate, reachable_rows(machine_, states_, candidate));
      outcome = run(candidate, pack, patience);
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
  total.size = code_.operations().size() + code_.select_count();
  return total;
}

// Nothing if a lane comes to a row that was not prepared; rejected if one is still running after
// `patience` steps. The pack is the first, as far as the outcome knows.
std::optional<Outcome64> LaneEvaluator::run(const Candidate& candidate, const Pack& pack,
                                            unsigned patience) {
  memory_ = pack.memory;
  std::copy(pack.registers.begin(), pack.registers.end(), slots_.begin());
  value_written_.assign(pack.results, Bytes{});
  was_right_.assign(pack.results, Bytes{});

  // Vector may alias anything, so the loop below works on local copies of all pointers and bounds.
  const unsigned registers = machine_.registers();
  const unsigned cells = pack.cells;
  const unsigned results = pack.results;
  const bool undo = !code_.write_is_last();
  const Vector m = vector(pack.modulus);
  const Vector size = vector(pack.size);
  const Vector zero{};
  const Vector one = splat(1);
  before_step_.resize(undo ? cells : 0);
  Vector* const before_step = vectors(before_step_.data());
  Vector* const slots = vectors(slots_.data());
  Vector* const memory = vectors(memory_.data());
  Vector* const value_written = vectors(value_written_.data());
  Vector* const was_right = vectors(was_right_.data());
  const Vector* const result_value = vectors(pack.result_value.data());
  const Vector* const result_address = vectors(pack.result_address.data());
  const std::size_t group_count = code_.groups().size();
  const std::uint16_t* const group = code_.groups().data();
  const Bytes* const group_tables = group_tables_.data();
  const Bytes* const needed_in = needed_in_.data();
  Vector* const in_group = vectors(in_group_.data());  // lanes whose circuit is in the group
  const LaneCode::Select* const selects = code_.selects().data();
  const LaneCode::Operation* const operations = code_.operations().data();
  const LaneCode::Operation* const operations_end = operations + code_.operations().size();
  const auto select = [=](const LaneCode::Argument& argument) {
    Vector value = slots[argument.usual];
    for (const LaneCode::Select* s = selects + argument.begin; s != selects + argument.end; ++s) {
      value = choose(in_group[s->group], slots[s->source], value);
    }
    return value;
  };

  const unsigned rows = rows_of(machine_, states_);
  const unsigned row_planes = (rows + 7) / 8;
  const unsigned row_blocks = blocks_of(rows);
  const unsigned state_blocks = blocks_of(states_);
  const unsigned circuit_blocks = blocks_of(candidate.circuit_count);
  std::array<Bytes, max_rows / 8> row_bit{};  // plane p: bit of row 8p + i in element 8p + i
  std::array<Vector, max_rows / 8> visited{};
  Bytes circuit_of;
  Bytes finish_of;
  Bytes state_of;
  Bytes unprepared;
  for (unsigned row = 0; row < rows; ++row) {
    circuit_of[row] = candidate.circuit[row];
    finish_of[row] = candidate.finish[row] ? 0xff : 0;
    state_of[row] = candidate.next_state[row];
    unprepared[row] = ((code_.rows() >> row) & 1U) != 0 ? 0 : 0xff;
    row_bit[row / 8][row] = static_cast<std::uint8_t>(1U << (row % 8));
  }

  // What a zero register adds to the row, by state.
  std::array<Bytes, max_registers> row_weight{};
  for (unsigned r = 0; r < registers; ++r) {
    Bytes weight;
    for (unsigned state = 0; state < states_; ++state) {
      const unsigned tested = candidate.tests[state] == r ? 1 : 0;
      weight[state] = static_cast<std::uint8_t>(states_ == 1 ? 1U << r : tested);
    }
    row_weight[r] = weight;
  }

  const bool look_for_clues = prices_.clues > 0.0;
  if (look_for_clues) {
    clues_.reset(registers);
  }
  Vector state{};
  const Vector limits = vector(pack.steps);
  Vector active = vector(pack.used);
  Vector stopped{};
  Vector taken{};
  Vector faulted{};
  std::array<Vector, max_registers> updated{};

  bool unstopped = false;
  unsigned step = 0;
  for (; step < pack.step_limit; ++step) {
    unstopped |= any(active & mask(limits <= splat(step)));
    active &= mask(limits > splat(step));
    if (!any(active)) {
      break;
    }
    if (step >= patience) {
      Outcome64 outcome;
      outcome.rejected = true;
      return outcome;
    }
    Vector row = state + state;
    for (unsigned r = 0; r < registers; ++r) {
      row |= mask(slots[r] == zero) & look_up(row_weight[r], state_blocks, state);
    }
    if (any(look_up(unprepared, row_blocks, row) & active)) {
      return std::nullopt;
    }
    for (unsigned plane = 0; plane < row_planes; ++plane) {
      visited[plane] |= look_up(row_bit[plane], row_blocks, row) & active;
    }
    const Vector circuit = look_up(circuit_of, row_blocks, row);

    for (std::size_t g = 0; g < group_count; ++g) {
      in_group[group[g]] = look_up(group_tables[g], circuit_blocks, circuit);
    }
    if (undo) {
      std::copy(memory, memory + cells, before_step);
    }
    Vector write_address{};
    Vector write_value{};
    Vector running = active;  // without those that fail in this step
    for (const LaneCode::Operation* operation = operations; operation != operations_end;
         ++operation) {
      const Vector a = select(operation->a);
      const Vector b = select(operation->b);
      Vector result{};
      Vector address{};
      switch (operation->opcode) {
        case Opcode::read:
          running &=
              mask(a < size) | ~look_up(needed_in[operation->output], circuit_blocks, circuit);
          for (unsigned cell = 0; cell < cells; ++cell, address += one) {
            result = choose_if(a == address, memory[cell], result);
          }
          break;
        case Opcode::write: {
          running &= mask(a < size);
          write_address = choose(running, a, splat(0xff));
          write_value = b;
          for (unsigned cell = 0; cell < cells; ++cell, address += one) {
            memory[cell] = choose_if(write_address == address, b, memory[cell]);
          }
          break;
        }
        case Opcode::zero:
          break;
        case Opcode::one:
          result = choose(mask(m == one), Vector{}, one);
          break;
        case Opcode::two:
          result = choose(mask(m > splat(2)), splat(2), Vector{});
          break;
        case Opcode::inc:
          result = choose(mask(a + one == m), Vector{}, a + one);
          break;
        case Opcode::dec:
          result = choose(mask(a == zero), m - one, a - one);
          break;
        case Opcode::add: {
          const Vector sum = a + b;
          result = choose(mask(sum >= m) | mask(sum < a), sum - m, sum);
          break;
        }
        case Opcode::sub:
          result = choose(mask(a >= b), a - b, a - b + m);
          break;
        case Opcode::lt:
          result = mask(a < b) & one;
          break;
        case Opcode::le:
          result = mask(a <= b) & one;
          break;
        case Opcode::eq:
          result = mask(a == b) & one;
          break;
        case Opcode::min:
          result = choose(mask(a < b), a, b);
          break;
        case Opcode::max:
          result = choose(mask(a > b), a, b);
          break;
        case Opcode::custom: {
          const Module& module = machine_.modules()[operation->module];
          const Bytes a_bytes = bytes_of(a);
          const Bytes b_bytes = bytes_of(b);
          Bytes result_bytes;
          for (unsigned lane = 0; lane < pack.count; ++lane) {
            result_bytes[lane] = static_cast<std::uint8_t>(
                module.evaluate(a_bytes[lane], b_bytes[lane], Modulus::of(pack.modulus[lane])));
          }
          result = vector(result_bytes);
          break;
        }
      }
      slots[operation->output] = result;
    }
    if (undo) {
      for (unsigned cell = 0; cell < cells; ++cell) {
        memory[cell] = choose(active & ~running, before_step[cell], memory[cell]);
      }
    }
    faulted |= active & ~running;
    active = running;

    for (unsigned r = 0; r < registers; ++r) {
      updated[r] = choose(active, select(code_.update(r)), slots[r]);
    }
    for (unsigned r = 0; r < registers; ++r) {
      slots[r] = updated[r];
    }

    if (look_for_clues) {
      clues_.observe(std::span(slots_).first(registers), pack.memory, bytes_of(active));
    }
    for (unsigned k = 0; k < results; ++k) {
      const Vector value = result_value[k];
      const Vector address = result_address[k];
      const Vector value_match = mask(write_value == value) & active;
      value_written[k] |= value_match;
      was_right[k] |= value_match & mask(write_address == address);
    }

    state = choose(active, look_up(state_of, row_blocks, row), state);
    taken += active & one;
    const Vector finishing = look_up(finish_of, row_blocks, row) & active;
    stopped |= finishing;
    active &= ~finishing;
  }

  Outcome64 outcome;
  outcome.longest[0] = unstopped || any(active) ? without_limit : step;
  for (unsigned plane = 0; plane < row_planes; ++plane) {
    outcome.rows |= std::uint64_t{combined(bytes_of(visited[plane]))} << (8 * plane);
  }
  const Bytes stopped_bytes = bytes_of(stopped);
  const Bytes taken_bytes = bytes_of(taken);
  outcome.wrong = bits_of(faulted);
  for (unsigned lane = 0; lane < lanes; ++lane) {
    outcome.steps += taken_bytes[lane];
  }
  outcome.cost = price(pack, stopped_bytes, taken_bytes, outcome);
  if (look_for_clues) {
    outcome.cost *= 1.0 - prices_.clues * clues_.strength(outcome.wrong, pack.count);
  }
  return outcome;
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
    for (unsigned cell = 0; cell < pack.cells; ++cell) {
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
  float total = 0.0F;
  for (unsigned lane = 0; lane < lanes; ++lane) {
    total += cost[lane];
  }
  return static_cast<double>(total) / pack.count;
}

}  // namespace nram::discrete
