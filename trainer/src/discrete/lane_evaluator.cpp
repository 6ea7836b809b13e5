#include "lane_evaluator.hpp"

#include "lane_vector.hpp"

#include <algorithm>
#include <bit>

namespace nram::discrete {
namespace {

// All lanes or'ed together.
std::uint8_t combined(const Vector& bytes) {
  const auto quads = reinterpret_cast<Quads>(bytes);
  std::uint64_t bits = 0;
  for (unsigned i = 0; i < lanes / 8; ++i) {
    bits |= quads[i];
  }
  bits |= bits >> 32U;
  bits |= bits >> 16U;
  bits |= bits >> 8U;
  return static_cast<std::uint8_t>(bits & 0xffU);
}

template <typename Bits, typename Function>
void for_each_bit(Bits bits, Function function) {
  for (; bits != 0; bits &= bits - 1) {
    function(static_cast<unsigned>(std::countr_zero(bits)));
  }
}

}  // namespace

bool Pack::fits(const TestCase& test) {
  const std::size_t cells = test.example.memory.size();
  const Word modulus = test.modulus ? test.modulus->value() : cells;  // 0 stands for 2^64
  return cells <= max_cells && modulus != 0 && modulus <= max_modulus;
}

Pack::Pack(std::span<const TestCase> examples, unsigned machine_registers) {
  count = static_cast<unsigned>(std::min<std::size_t>(examples.size(), lanes));
  for (const auto& [example, ignored] : examples.first(count)) {
    cells = std::max(cells, static_cast<unsigned>(example.memory.size()));
    step_limit = std::max(step_limit, static_cast<unsigned>(example.steps.value_or(1)));
    const auto counted = std::count_if(example.expected.begin(), example.expected.end(),
                                       [](const auto& value) { return value.has_value(); });
    results = std::max(results, static_cast<unsigned>(counted));
  }
  memory.resize(cells);
  expected.resize(cells);
  counts.resize(cells);
  result_address.resize(results);
  result_value.resize(results);
  result_exists.resize(results);
  registers.resize(machine_registers);
  for (unsigned lane = 0; lane < count; ++lane) {
    const Example& example = examples[lane].example;
    used[lane] = 0xff;
    weight[lane] = 1.0F;
    size[lane] = static_cast<std::uint8_t>(example.memory.size());
    modulus[lane] = examples[lane].modulus
                        ? static_cast<std::uint8_t>(examples[lane].modulus->value())
                        : size[lane];
    steps[lane] = static_cast<std::uint8_t>(example.steps.value_or(1));
    const auto counted = std::count_if(example.expected.begin(), example.expected.end(),
                                       [](const auto& value) { return value.has_value(); });
    result_share[lane] = 1.0F / static_cast<float>(std::max<std::ptrdiff_t>(1, counted));
    unsigned k = 0;
    for (std::size_t cell = 0; cell < example.memory.size(); ++cell) {
      memory[cell][lane] = static_cast<std::uint8_t>(example.memory[cell]);
      if (const auto& value = example.expected[cell]) {
        expected[cell][lane] = static_cast<std::uint8_t>(*value);
        counts[cell][lane] = 0xff;
        result_address[k][lane] = static_cast<std::uint8_t>(cell);
        result_value[k][lane] = static_cast<std::uint8_t>(*value);
        result_exists[k][lane] = 0xff;
        ++k;
      }
    }
    for (std::size_t r = 0; r < example.registers.size(); ++r) {
      registers[r][lane] = static_cast<std::uint8_t>(example.registers[r]);
    }
  }
}

LaneEvaluator::LaneEvaluator(const Machine& machine, unsigned states, const Prices& prices)
    : machine_(machine),
      states_(states),
      prices_(prices),
      analysis_(machine, states),
      looks_into_registers_(prices.value_seen > 0.0 || prices.address_seen > 0.0) {
  slots_.resize(machine.register_candidates());
  selects_.resize(std::size_t{max_arguments + max_registers} * max_circuits);
  bool written = false;
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    const Module& module = machine.modules()[q];
    const std::uint64_t all = ~std::uint64_t{0};
    const auto output = static_cast<std::uint8_t>(machine.output_of(q));
    const std::uint64_t bit = std::uint64_t{1} << output;
    shapes_.push_back({module.opcode, static_cast<std::uint8_t>(q), output,
                       static_cast<std::uint8_t>(machine.first_argument(q)),
                       module.arity >= 1 ? all : 0, module.arity >= 2 ? all : 0,
                       module.opcode == Opcode::read ? bit : 0});
    always_live_ |= module.opcode == Opcode::write ? bit : 0;
    const bool can_fail = module.opcode == Opcode::write || module.opcode == Opcode::read;
    write_is_last_ = write_is_last_ && !(written && can_fail);
    written = written || module.opcode == Opcode::write;
  }
}

Liveness LaneEvaluator::liveness(const Candidate& candidate, std::uint64_t rows) {
  if (looks_into_registers_ || prices_.clues > 0.0) {
    Liveness all;
    all.fill(static_cast<RegisterSet>((1U << machine_.registers()) - 1));
    return all;
  }
  return analysis_.live_registers(candidate, rows);
}

// The sources that matter in a step after which `after` are live, as bits. A READ whose value only
// goes to a dead register can still fail. Branches here would be unpredictable.
std::uint64_t LaneEvaluator::live_sources(const Wiring& wiring, RegisterSet after) const {
  std::uint64_t live = always_live_;
  std::uint64_t live_if_all_are = 0;
  for (unsigned r = 0; r < machine_.registers(); ++r) {
    const std::uint64_t source = std::uint64_t{1} << wiring.registers[r];
    live |= source & (0 - std::uint64_t{(static_cast<unsigned>(after) >> r) & 1U});
    live_if_all_are |= source;
  }
  for (auto shape = shapes_.rbegin(); shape != shapes_.rend(); ++shape) {
    live |= live_if_all_are & shape->can_fail;
    const std::uint64_t inputs =
        (std::uint64_t{1} << wiring.arguments[shape->argument] & shape->uses_a) |
        (std::uint64_t{1} << wiring.arguments[shape->argument + 1U] & shape->uses_b);
    live |= inputs & (0 - ((live >> shape->output) & 1U));
    live_if_all_are |= inputs & (0 - ((live_if_all_are >> shape->output) & 1U));
  }
  return live;
}

bool LaneEvaluator::equivalent(const Wiring& a, const Wiring& b, RegisterSet after) const {
  for (unsigned r = 0; r < machine_.registers(); ++r) {
    if (((after >> r) & 1U) != 0 && a.registers[r] != b.registers[r]) {
      return false;
    }
  }
  if (a == b) {
    return true;
  }
  const std::uint64_t live = live_sources(a, after);
  if (live != live_sources(b, after)) {
    return false;
  }
  return std::all_of(shapes_.begin(), shapes_.end(), [&](const Shape& shape) {
    const unsigned i = shape.argument;
    return ((live >> shape.output) & 1U) == 0 ||
           ((shape.uses_a == 0 || a.arguments[i] == b.arguments[i]) &&
            (shape.uses_b == 0 || a.arguments[i + 1] == b.arguments[i + 1]));
  });
}

bool LaneEvaluator::equivalent(const Candidate& a, const Candidate& b, std::uint64_t rows,
                               const Liveness& live) const {
  for (; rows != 0; rows &= rows - 1) {
    const auto row = static_cast<unsigned>(std::countr_zero(rows));
    const unsigned state = row / 2;
    if (a.finish[row] != b.finish[row] || a.next_state[row] != b.next_state[row] ||
        (states_ > 1 && a.tests[state] != b.tests[state]) ||
        (states_ > 1 && is_unconditional(a, state) && !is_unconditional(b, state)) ||
        !equivalent(a.circuits[a.circuit[row]], b.circuits[b.circuit[row]], live[row])) {
      return false;
    }
  }
  return true;
}

void LaneEvaluator::compile(const Candidate& candidate, std::uint64_t rows) {
  compiled_rows_ = rows;
  const Liveness live = liveness(candidate, rows);
  std::uint32_t in_use = 0;
  std::array<RegisterSet, max_circuits> after{};  // any step with the circuit
  for_each_bit(rows, [&](unsigned row) {
    in_use |= 1U << candidate.circuit[row];
    after[candidate.circuit[row]] |= live[row];
  });
  std::uint64_t live_anywhere = 0;
  for_each_bit(in_use, [&](unsigned circuit) {
    live_[circuit] = live_sources(candidate.circuits[circuit], after[circuit]);
    live_anywhere |= live_[circuit];
  });

  select_count_ = 0;
  operations_.clear();
  needed_.clear();
  for (const Shape& shape : shapes_) {
    if (((live_anywhere >> shape.output) & 1U) == 0) {
      continue;
    }
    Operation operation{shape.opcode, shape.module, shape.output, 0, {}, {}};
    std::uint32_t users = 0;
    for_each_bit(in_use, [&](unsigned circuit) {
      users |= static_cast<std::uint32_t>((live_[circuit] >> shape.output) & 1U) << circuit;
    });
    if (shape.opcode == Opcode::read) {
      operation.reader = static_cast<std::uint8_t>(needed_.size());
      Bytes& needed = needed_.emplace_back();
      for_each_bit(users, [&](unsigned circuit) { needed[circuit] = 0xff; });
    }
    if (shape.uses_a != 0) {
      operation.a =
          merge(users, [&](unsigned c) { return candidate.circuits[c].arguments[shape.argument]; });
    }
    if (shape.uses_b != 0) {
      operation.b = merge(
          users, [&](unsigned c) { return candidate.circuits[c].arguments[shape.argument + 1U]; });
    }
    operations_.push_back(operation);
  }
  for (unsigned r = 0; r < machine_.registers(); ++r) {
    std::uint32_t users = 0;
    for_each_bit(in_use, [&](unsigned circuit) {
      users |= static_cast<std::uint32_t>((after[circuit] >> r) & 1U) << circuit;
    });
    register_inputs_[r] =
        merge(users, [&](unsigned c) { return candidate.circuits[c].registers[r]; });
  }
}

// Joins one input over the circuits in which it matters. The source of most of them becomes the
// usual one.
template <typename SourceOf>
LaneEvaluator::Argument LaneEvaluator::merge(std::uint32_t circuits, SourceOf source_of) {
  struct Group {
    std::uint32_t circuits;
    std::uint8_t source;
  };
  std::array<Group, max_circuits> groups;
  unsigned count = 0;
  unsigned usual = 0;
  for_each_bit(circuits, [&](unsigned circuit) {
    const std::uint8_t source = source_of(circuit);
    unsigned i = 0;
    while (i < count && groups[i].source != source) {
      ++i;
    }
    if (i == count) {
      groups[count++] = {0, source};
    }
    groups[i].circuits |= 1U << circuit;
  });
  for (unsigned i = 1; i < count; ++i) {
    usual = std::popcount(groups[i].circuits) > std::popcount(groups[usual].circuits) ? i : usual;
  }
  const std::size_t begin = select_count_;
  for (unsigned i = 0; i < count; ++i) {
    if (i != usual) {
      Select& select = selects_[select_count_++];
      select = {Bytes{}, groups[i].source};
      for_each_bit(groups[i].circuits, [&](unsigned circuit) { select.circuits[circuit] = 0xff; });
    }
  }
  return {count > 0 ? groups[usual].source : std::uint8_t{0}, static_cast<std::uint16_t>(begin),
          static_cast<std::uint16_t>(select_count_)};
}

Outcome64 LaneEvaluator::evaluate(const Candidate& candidate, const Pack& pack) {
  return evaluate(candidate, std::span(&pack, 1));
}

Outcome64 LaneEvaluator::evaluate(const Candidate& candidate, std::span<const Pack> packs,
                                  const Limit& limit, std::optional<std::uint64_t> expected_rows) {
  compile(candidate, expected_rows ? *expected_rows : reachable_rows(machine_, states_, candidate));
  const auto count = static_cast<double>(packs.size());
  Outcome64 total;
  for (const Pack& pack : packs) {
    std::optional<Outcome64> outcome = run(candidate, pack);
    if (!outcome) {
      compile(candidate, reachable_rows(machine_, states_, candidate));
      outcome = run(candidate, pack);
    }
    total.cost += outcome->cost / count;
    total.rows |= outcome->rows;
    total.steps += outcome->steps;
    total.wrong |= outcome->wrong;
    total.first = &pack == packs.data() ? outcome->cost : total.first;
    if (total.cost > limit.cost || total.first > limit.first) {
      total.rejected = true;
      return total;
    }
  }
  total.size = operations_.size() + select_count_;
  return total;
}

// Nothing if a lane comes to a row that was not compiled.
std::optional<Outcome64> LaneEvaluator::run(const Candidate& candidate, const Pack& pack) {
  memory_ = pack.memory;
  std::copy(pack.registers.begin(), pack.registers.end(), slots_.begin());
  value_seen_.assign(pack.results, Bytes{});
  value_written_.assign(pack.results, Bytes{});
  address_seen_.assign(pack.results, Bytes{});
  was_right_.assign(pack.results, Bytes{});

  // Vector may alias anything, so the loop below works on local copies of all pointers and bounds.
  const unsigned registers = machine_.registers();
  const unsigned cells = pack.cells;
  const unsigned results = pack.results;
  const bool undo = !write_is_last_;
  const Vector m = vector(pack.modulus);
  const Vector size = vector(pack.size);
  const Vector one = splat(1);
  before_step_.resize(undo ? cells : 0);
  Vector* const before_step = vectors(before_step_.data());
  const Vector* const needed = vectors(needed_.data());
  Vector* const slots = vectors(slots_.data());
  Vector* const memory = vectors(memory_.data());
  Vector* const value_seen = vectors(value_seen_.data());
  Vector* const value_written = vectors(value_written_.data());
  Vector* const address_seen = vectors(address_seen_.data());
  Vector* const was_right = vectors(was_right_.data());
  const Vector* const result_value = vectors(pack.result_value.data());
  const Vector* const result_address = vectors(pack.result_address.data());
  const Select* const selects = selects_.data();
  const Operation* const operations_end = operations_.data() + operations_.size();
  const auto select = [=](const Argument& argument, const Vector& circuit) {
    Vector value = slots[argument.usual];
    for (const Select* s = selects + argument.begin; s != selects + argument.end; ++s) {
      value = __builtin_shuffle(vector(s->circuits), circuit) != 0 ? slots[s->source] : value;
    }
    return value;
  };

  const unsigned rows = rows_of(machine_, states_);
  const unsigned row_planes = (rows + 7) / 8;
  std::array<Vector, max_rows / 8> row_bit{};  // plane p: bit of row 8p + i in element 8p + i
  std::array<Vector, max_rows / 8> visited{};
  Vector circuit_of{};
  Vector finish_of{};
  Vector state_of{};
  Vector compiled{};
  for (unsigned row = 0; row < rows; ++row) {
    circuit_of[row] = candidate.circuit[row];
    finish_of[row] = candidate.finish[row] ? 0xff : 0;
    state_of[row] = candidate.next_state[row];
    compiled[row] = ((compiled_rows_ >> row) & 1U) != 0 ? 0xff : 0;
    row_bit[row / 8][row] = static_cast<std::uint8_t>(1U << (row % 8));
  }

  // What a zero register adds to the row, by state.
  std::array<Vector, max_registers> row_weight{};
  for (unsigned state = 0; state < states_; ++state) {
    for (unsigned r = 0; r < registers; ++r) {
      const bool tested = candidate.tests[state] == r;
      row_weight[r][state] = states_ == 1 ? static_cast<std::uint8_t>(1U << r) : tested ? 1 : 0;
    }
  }

  const bool look_into_registers = looks_into_registers_;
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

  for (unsigned step = 0; step < pack.step_limit; ++step) {
    active &= mask(limits > splat(step));
    if (!any(active)) {
      break;
    }
    Vector row = state + state;
    for (unsigned r = 0; r < registers; ++r) {
      row |= mask(slots[r] == 0) & __builtin_shuffle(row_weight[r], state);
    }
    if (any(mask(__builtin_shuffle(compiled, row) == 0) & active)) {
      return std::nullopt;
    }
    for (unsigned plane = 0; plane < row_planes; ++plane) {
      visited[plane] |= __builtin_shuffle(row_bit[plane], row) & active;
    }
    const Vector circuit = __builtin_shuffle(circuit_of, row);

    if (undo) {
      std::copy(memory, memory + cells, before_step);
    }
    Vector write_address{};
    Vector write_value{};
    Vector running = active;  // without those that fail in this step
    for (const Operation* operation = operations_.data(); operation != operations_end;
         ++operation) {
      const Vector a = select(operation->a, circuit);
      const Vector b = select(operation->b, circuit);
      Vector result{};
      switch (operation->opcode) {
        case Opcode::read:
          running &= mask(a < size) | ~__builtin_shuffle(needed[operation->reader], circuit);
          for (unsigned cell = 0; cell < cells; ++cell) {
            result |= mask(a == splat(cell)) & memory[cell];
          }
          break;
        case Opcode::write: {
          running &= mask(a < size);
          write_address = choose(running, a, splat(0xff));
          write_value = b;
          for (unsigned cell = 0; cell < cells; ++cell) {
            memory[cell] = choose(mask(write_address == splat(cell)), b, memory[cell]);
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
          result = choose(mask(a == 0), m - one, a - one);
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
          for (unsigned lane = 0; lane < pack.count; ++lane) {
            result[lane] =
                static_cast<std::uint8_t>(module.evaluate(a[lane], b[lane], Modulus::of(m[lane])));
          }
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
      updated[r] = choose(active, select(register_inputs_[r], circuit), slots[r]);
    }
    for (unsigned r = 0; r < registers; ++r) {
      slots[r] = updated[r];
    }

    if (look_for_clues) {
      Bytes still_active;
      vector(still_active) = active;
      clues_.observe(std::span(slots_).first(registers), pack.memory, still_active);
    }
    for (unsigned k = 0; k < results; ++k) {
      const Vector value = result_value[k];
      const Vector address = result_address[k];
      const Vector value_match = mask(write_value == value) & active;
      value_written[k] |= value_match;
      was_right[k] |= value_match & mask(write_address == address);
    }
    for (unsigned k = 0; look_into_registers && k < results; ++k) {
      Vector value_found{};
      Vector address_found{};
      for (unsigned r = 0; r < registers; ++r) {
        value_found |= mask(updated[r] == result_value[k]);
        address_found |= mask(updated[r] == result_address[k]);
      }
      value_seen[k] |= value_found & active;
      address_seen[k] |= address_found & active;
    }

    state = choose(active, __builtin_shuffle(state_of, row), state);
    taken += active & one;
    const Vector finishing = __builtin_shuffle(finish_of, row) & active;
    stopped |= finishing;
    active &= ~finishing;
  }

  Outcome64 outcome;
  for (unsigned plane = 0; plane < row_planes; ++plane) {
    outcome.rows |= std::uint64_t{combined(visited[plane])} << (8 * plane);
  }
  Bytes stopped_bytes;
  Bytes taken_bytes;
  vector(stopped_bytes) = stopped;
  vector(taken_bytes) = taken;
  outcome.wrong = bits_of(faulted);
  for (unsigned lane = 0; lane < lanes; ++lane) {
    outcome.steps += taken[lane];
  }
  outcome.cost = price(pack, stopped_bytes, taken_bytes, outcome);
  if (look_for_clues) {
    outcome.cost *= 1.0 - prices_.clues * clues_.strength(outcome.wrong, pack.count);
  }
  return outcome;
}

double LaneEvaluator::price(const Pack& pack, const Bytes& stopped, const Bytes& taken,
                            Outcome64& outcome) const {
  const Vector one = splat(1);
  const Vector* const memory = vectors(memory_.data());
  const Vector* const initial = vectors(pack.memory.data());
  const Vector* const counts = vectors(pack.counts.data());
  Vector unclean{};
  for (unsigned cell = 0; cell < pack.cells; ++cell) {
    unclean += mask(memory[cell] != initial[cell]) & ~counts[cell] & one;
  }
  // Wrong result cells, each with what is nearly right about it, counted per lane.
  Vector wrong{};
  Vector seen{};
  Vector written{};
  Vector address{};
  Vector right_once{};
  for (unsigned k = 0; k < pack.results; ++k) {
    const Vector result_address = vector(pack.result_address[k]);
    const Vector exists = vector(pack.result_exists[k]);
    Vector value{};
    for (unsigned cell = 0; cell < pack.cells; ++cell) {
      value |= mask(result_address == splat(cell)) & memory[cell];
    }
    const Vector miss = mask(value != vector(pack.result_value[k])) & exists & one;
    wrong += miss;
    seen += vector(value_seen_[k]) & miss;
    written += vector(value_written_[k]) & miss;
    address += vector(address_seen_[k]) & miss;
    right_once += vector(was_right_[k]) & miss;
  }
  // Plain loops over arrays, which the compiler turns into vector code.
  std::array<float, lanes> cost;
  const auto credit = static_cast<float>(prices_.partial_credit);
  const auto value_seen = static_cast<float>(prices_.value_seen);
  const auto value_written = static_cast<float>(prices_.value_written);
  const auto address_seen = static_cast<float>(prices_.address_seen);
  const auto was_right = static_cast<float>(prices_.was_right);
  const auto unclean_price = static_cast<float>(prices_.unclean);
  const auto not_stopped = static_cast<float>(prices_.not_stopped);
  const auto while_wrong = static_cast<float>(prices_.while_wrong);
  const auto late = static_cast<float>(prices_.late);
  for (unsigned lane = 0; lane < lanes; ++lane) {
    const float nearly = value_seen * seen[lane] + value_written * written[lane] +
                         address_seen * address[lane] + was_right * right_once[lane];
    const float faults = wrong[lane] - credit * nearly;
    const float changed = unclean[lane];
    const float manners =
        unclean_price * changed / (changed + 1.0F) + (stopped[lane] == 0 ? not_stopped : 0.0F);
    cost[lane] = (faults * pack.result_share[lane] +
                  manners * (wrong[lane] == 0 ? 1.0F : while_wrong) + late * taken[lane]) *
                 pack.weight[lane];
  }
  outcome.wrong |= bits_of(mask(wrong != 0));
  float total = 0.0F;
  for (unsigned lane = 0; lane < lanes; ++lane) {
    total += cost[lane];
  }
  return static_cast<double>(total) / pack.count;
}

}  // namespace nram::discrete
