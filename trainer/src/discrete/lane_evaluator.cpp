#include "lane_evaluator.hpp"

#include <algorithm>

namespace nram::discrete {
namespace {

using Quads = std::uint64_t __attribute__((vector_size(lanes)));

Bytes splat(unsigned value) { return Bytes{} + static_cast<std::uint8_t>(value); }

// Comparisons give 0 / -1 per lane; as a mask of bytes.
template <typename Comparison>
Bytes mask(Comparison comparison) {
  return reinterpret_cast<Bytes>(comparison);
}

Bytes choose(const Bytes& mask, const Bytes& yes, const Bytes& no) {
  return (mask & yes) | (~mask & no);
}

bool any(const Bytes& mask) {
  const auto quads = reinterpret_cast<const Quads&>(mask);
  return (quads[0] | quads[1] | quads[2] | quads[3] | quads[4] | quads[5] | quads[6] | quads[7]) !=
         0;
}

}  // namespace

Pack::Pack(std::span<const Example> examples, unsigned machine_registers) {
  count = static_cast<unsigned>(std::min<std::size_t>(examples.size(), lanes));
  for (const Example& example : examples.first(count)) {
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
    const Example& example = examples[lane];
    used[lane] = 0xff;
    modulus[lane] = static_cast<std::uint8_t>(example.memory.size());
    steps[lane] = static_cast<std::uint8_t>(example.steps.value_or(1));
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
    : machine_(machine), states_(states), prices_(prices) {
  slots_.resize(machine.register_candidates());
}

LaneEvaluator::Argument LaneEvaluator::compile_argument(const Candidate& candidate, unsigned index,
                                                        std::uint32_t circuits, bool is_register) {
  Argument argument{0, static_cast<std::uint8_t>(selects_.size()), 0};
  bool is_first = true;
  for (unsigned c = 0; c < candidate.circuit_count; ++c) {
    if (((circuits >> c) & 1U) == 0) {
      continue;
    }
    const Wiring& wiring = candidate.circuits[c];
    const std::uint8_t source = is_register ? wiring.registers[index] : wiring.arguments[index];
    if (is_first) {
      argument.first = source;
      is_first = false;
    } else if (source != argument.first) {
      selects_.push_back({static_cast<std::uint8_t>(c), source});
    }
  }
  argument.end = static_cast<std::uint8_t>(selects_.size());
  return argument;
}

void LaneEvaluator::compile(const Candidate& candidate) {
  const unsigned registers = machine_.registers();
  const auto modules = static_cast<unsigned>(machine_.modules().size());
  operations_.clear();
  register_inputs_.clear();
  selects_.clear();
  in_use_ = 0;
  for (unsigned row = 0; row < states_ * machine_.masks(); ++row) {
    in_use_ |= 1U << candidate.circuit[row];
  }

  // For each module the set of circuits in which it matters.
  std::array<std::uint32_t, Machine::max_modules> live{};
  for (unsigned c = 0; c < candidate.circuit_count; ++c) {
    const std::uint32_t flag = (1U << c) & in_use_;
    const Wiring& wiring = candidate.circuits[c];
    const auto mark = [&](std::uint8_t source) {
      if (source >= registers) {
        live[source - registers] |= flag;
      }
    };
    for (unsigned r = 0; r < registers; ++r) {
      mark(wiring.registers[r]);
    }
    for (unsigned q = modules; q-- > 0;) {
      const Module& module = machine_.modules()[q];
      if (module.opcode == Opcode::write) {
        live[q] |= flag;
      }
      for (unsigned i = 0; (live[q] & flag) != 0 && i < module.arity; ++i) {
        mark(wiring.arguments[machine_.first_argument(q) + i]);
      }
    }
  }
  for (unsigned q = 0; q < modules; ++q) {
    const Module& module = machine_.modules()[q];
    if (live[q] == 0) {
      continue;
    }
    Operation operation{module.opcode,
                        static_cast<std::uint8_t>(q),
                        static_cast<std::uint8_t>(machine_.output_of(q)),
                        {},
                        {}};
    if (module.arity >= 1) {
      operation.a = compile_argument(candidate, machine_.first_argument(q), live[q], false);
    }
    if (module.arity >= 2) {
      operation.b = compile_argument(candidate, machine_.first_argument(q) + 1, live[q], false);
    }
    operations_.push_back(operation);
  }
  for (unsigned r = 0; r < registers; ++r) {
    register_inputs_.push_back(compile_argument(candidate, r, in_use_, true));
  }
}

Bytes LaneEvaluator::select(const Argument& argument) const {
  Bytes value = slots_[argument.first];
  for (unsigned i = argument.begin; i < argument.end; ++i) {
    value = choose(in_circuit_[selects_[i].circuit], slots_[selects_[i].source], value);
  }
  return value;
}

Outcome64 LaneEvaluator::evaluate(const Candidate& candidate, const Pack& pack) {
  compile(candidate);
  const unsigned registers = machine_.registers();
  const Bytes one = splat(1);
  const Bytes& m = pack.modulus;
  memory_ = pack.memory;
  std::copy(pack.registers.begin(), pack.registers.end(), slots_.begin());
  value_seen_.assign(pack.results, Bytes{});
  value_written_.assign(pack.results, Bytes{});
  address_seen_.assign(pack.results, Bytes{});
  was_right_.assign(pack.results, Bytes{});

  Bytes circuit_of{};
  Bytes finish_of{};
  Bytes state_of{};
  for (unsigned row = 0; row < states_ * machine_.masks(); ++row) {
    circuit_of[row] = candidate.circuit[row];
    finish_of[row] = candidate.finish[row] ? 0xff : 0;
    state_of[row] = static_cast<std::uint8_t>(candidate.next_state[row] << registers);
  }

  Outcome64 outcome;
  Bytes state{};
  Bytes active = pack.used;
  Bytes stopped{};
  Bytes taken{};
  std::array<Bytes, max_registers> updated{};

  for (unsigned step = 0; step < pack.step_limit; ++step) {
    active &= mask(pack.steps > splat(step));
    if (!any(active)) {
      break;
    }
    Bytes row = state;
    for (unsigned r = 0; r < registers; ++r) {
      row |= mask(slots_[r] == 0) & splat(1U << r);
    }
    for (unsigned lane = 0; lane < pack.count; ++lane) {
      outcome.rows |= std::uint64_t{active[lane] & 1U} << row[lane];
    }
    const Bytes circuit = __builtin_shuffle(circuit_of, row);
    for (unsigned c = 1; c < candidate.circuit_count; ++c) {
      in_circuit_[c] = mask(circuit == splat(c));
    }

    Bytes write_address{};
    Bytes write_value{};
    for (const Operation& operation : operations_) {
      const Bytes a = select(operation.a);
      const Bytes b = select(operation.b);
      Bytes result{};
      switch (operation.opcode) {
        case Opcode::read:
          for (unsigned cell = 0; cell < pack.cells; ++cell) {
            result = choose(mask(a == splat(cell)), memory_[cell], result);
          }
          break;
        case Opcode::write: {
          write_address = a;
          write_value = b;
          for (unsigned cell = 0; cell < pack.cells; ++cell) {
            memory_[cell] = choose(mask(a == splat(cell)) & active, b, memory_[cell]);
          }
          break;
        }
        case Opcode::zero:
          break;
        case Opcode::one:
          result = choose(mask(m == one), Bytes{}, one);
          break;
        case Opcode::two:
          result = choose(mask(m > splat(2)), splat(2), Bytes{});
          break;
        case Opcode::inc:
          result = choose(mask(a + one == m), Bytes{}, a + one);
          break;
        case Opcode::dec:
          result = choose(mask(a == 0), m - one, a - one);
          break;
        case Opcode::add: {
          const Bytes sum = a + b;
          result = choose(mask(sum >= m), sum - m, sum);
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
          const Module& module = machine_.modules()[operation.module];
          for (unsigned lane = 0; lane < pack.count; ++lane) {
            result[lane] =
                static_cast<std::uint8_t>(module.evaluate(a[lane], b[lane], Modulus::of(m[lane])));
          }
          break;
        }
      }
      slots_[operation.output] = result;
    }

    for (unsigned r = 0; r < registers; ++r) {
      updated[r] = choose(active, select(register_inputs_[r]), slots_[r]);
    }
    std::copy(updated.begin(), updated.begin() + registers, slots_.begin());

    for (unsigned k = 0; k < pack.results; ++k) {
      const Bytes value_match = mask(write_value == pack.result_value[k]) & active;
      value_written_[k] |= value_match;
      was_right_[k] |= value_match & mask(write_address == pack.result_address[k]);
      for (unsigned r = 0; r < registers; ++r) {
        value_seen_[k] |= mask(slots_[r] == pack.result_value[k]) & active;
        address_seen_[k] |= mask(slots_[r] == pack.result_address[k]) & active;
      }
    }

    state = choose(active, __builtin_shuffle(state_of, row), state);
    taken += active & one;
    const Bytes finishing = __builtin_shuffle(finish_of, row) & active;
    stopped |= finishing;
    active &= ~finishing;
  }
  outcome.cost = price(pack, stopped, taken, outcome);
  return outcome;
}

double LaneEvaluator::price(const Pack& pack, const Bytes& stopped, const Bytes& taken,
                            Outcome64& outcome) const {
  const Bytes one = splat(1);
  Bytes wrong{};
  Bytes unclean{};
  for (unsigned cell = 0; cell < pack.cells; ++cell) {
    unclean += mask(memory_[cell] != pack.memory[cell]) & ~pack.counts[cell] & one;
  }
  // Faults of the result cells, each with what is nearly right about it, counted per lane.
  Bytes seen{};
  Bytes written{};
  Bytes address{};
  Bytes right_once{};
  Bytes results{};
  for (unsigned k = 0; k < pack.results; ++k) {
    Bytes value{};
    for (unsigned cell = 0; cell < pack.cells; ++cell) {
      value = choose(mask(pack.result_address[k] == splat(cell)), memory_[cell], value);
    }
    const Bytes miss = mask(value != pack.result_value[k]) & pack.result_exists[k] & one;
    results += pack.result_exists[k] & one;
    wrong += miss;
    seen += value_seen_[k] & miss;
    written += value_written_[k] & miss;
    address += address_seen_[k] & miss;
    right_once += was_right_[k] & miss;
  }
  double total = 0.0;
  for (unsigned lane = 0; lane < pack.count; ++lane) {
    double cost = 0.0;
    if (wrong[lane] != 0) {
      outcome.wrong |= std::uint64_t{1} << lane;
      cost =
          (wrong[lane] - prices_.value_seen * seen[lane] - prices_.value_written * written[lane] -
           prices_.address_seen * address[lane] - prices_.was_right * right_once[lane]) /
          results[lane];
    }
    cost += prices_.unclean * unclean[lane] / (unclean[lane] + 1.0);
    cost += stopped[lane] == 0 ? prices_.not_stopped : 0.0;
    cost += prices_.late * taken[lane];
    total += cost;
  }
  return total / pack.count;
}

}  // namespace nram::discrete
