// Running a candidate on a batch of examples, step by step. In most steps nearly all lanes are in
// the same row, so each row that some are in is run on its own, on all lanes at once.

#include "discrete/bits.hpp"
#include "instruction_set/instruction_set.hpp"
#include "instruction_set/targets.hpp"

#include <algorithm>
#include <bit>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "discrete/cost/lane_run.cpp"
#include <hwy/foreach_target.h>
// For each instruction set:
#include "discrete/cost/lane_functions.hpp"
#include "discrete/cost/lane_vector.hpp"

HWY_BEFORE_NAMESPACE();
namespace nram::discrete::HWY_NAMESPACE {
namespace {

// The lanes that are in a row, or in either row of a state that does the same in both.
struct Group {
  // In place of an assignment: what the compiler declares by itself is for every computer.
  void set(unsigned to_row, const Vector& to_lanes) {
    row = to_row;
    lanes = to_lanes;
  }

  unsigned row;
  Vector lanes;
};

// Groups the active lanes of a table's run by their zero-masks; returns how many groups there are.
unsigned group_by_mask(const Vector* registers, unsigned count, const Vector& active,
                       std::array<Group, max_rows>& groups) {
  Vector row{};
  for (unsigned r = 0; r < count; ++r) {
    row |= mask(registers[r] == Vector{}) & splat(1U << r);
  }
  const Bytes rows = bytes_of(row);
  unsigned found = 0;
  for (std::uint64_t left = bits_of(active); left != 0;) {
    const unsigned next = rows[static_cast<unsigned>(std::countr_zero(left))];
    const Vector lanes_in = mask(row == splat(next)) & active;
    left &= ~bits_of(lanes_in);
    groups[found++].set(next, lanes_in);
  }
  return found;
}

// The constants of the machine, as modules.
void set_constants(const Machine& machine, const Vector& m, Vector* slots) {
  const Vector one = splat(1);
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    Vector& slot = slots[machine.output_of(q)];
    switch (machine.modules()[q].opcode) {
      case Opcode::zero:
        slot = Vector{};
        break;
      case Opcode::one:
        slot = choose_if(m == one, Vector{}, one);
        break;
      case Opcode::two:
        slot = choose_if(m > splat(2), splat(2), Vector{});
        break;
      default:
        break;
    }
  }
}

// a + b, for operands below m.
Vector sum_of(const Vector& a, const Vector& b, const Vector& m) {
  const Vector sum = a + b;
  return choose(mask(sum >= m) | mask(sum < a), sum - m, sum);
}

// The places of values among signed numbers, see nram::signed_place.
Vector signed_place(const Vector& a, const ExampleBatch& batch, const Vector& m) {
  return sum_of(a, vector(batch.half_modulus), m);
}

// Of all modules but READ, WRITE and constants.
Vector arithmetic(const Machine& machine, const CircuitCode::Operation& operation, const Vector& a,
                  const Vector& b, const Vector& m, const ExampleBatch& batch,
                  const Vector& running) {
  const Vector zero{};
  const Vector one = splat(1);
  switch (operation.opcode) {
    case Opcode::inc:
      return choose_if(a + one == m, zero, a + one);
    case Opcode::dec:
      return choose_if(a == zero, m - one, a - one);
    case Opcode::add:
      return sum_of(a, b, m);
    case Opcode::sub:
      return choose_if(a >= b, a - b, a - b + m);
    case Opcode::lt:
      return mask(a < b) & one;
    case Opcode::le:
      return mask(a <= b) & one;
    case Opcode::eq:
      return mask(a == b) & one;
    case Opcode::min:
      return choose_if(a < b, a, b);
    case Opcode::max:
      return choose_if(a > b, a, b);
    case Opcode::signed_lt:
      return mask(signed_place(a, batch, m) < signed_place(b, batch, m)) & one;
    case Opcode::signed_le:
      return mask(signed_place(a, batch, m) <= signed_place(b, batch, m)) & one;
    case Opcode::signed_min:
      return choose_if(signed_place(a, batch, m) < signed_place(b, batch, m), a, b);
    case Opcode::signed_max:
      return choose_if(signed_place(a, batch, m) > signed_place(b, batch, m), a, b);
    case Opcode::custom: {
      const Module& module = machine.modules()[operation.module];
      const Bytes a_bytes = bytes_of(a);
      const Bytes b_bytes = bytes_of(b);
      Bytes result;
      for_each_bit(bits_of(running), [&](unsigned lane) {
        result[lane] = static_cast<std::uint8_t>(
            module.evaluate(a_bytes[lane], b_bytes[lane], Modulus::of(batch.modulus[lane])));
      });
      return vector(result);
    }
    default:
      return zero;
  }
}

std::optional<Outcome64> run(LaneState& buffers, const Candidate& candidate, std::uint64_t expected,
                             const ExampleBatch& batch, unsigned patience) {
  buffers.memory = batch.memory;
  std::copy(batch.registers.begin(), batch.registers.end(), buffers.slots.begin());
  buffers.value_written.assign(batch.results, Bytes{});
  buffers.was_right.assign(batch.results, Bytes{});

  // Vector may alias anything, so the loop below works on local copies of all pointers and bounds.
  const unsigned cells = batch.cells;
  const unsigned results = batch.results;
  const bool write_at_once = !buffers.code.write_is_last();
  const Vector m = vector(batch.modulus);
  const Vector size = vector(batch.size);
  const Vector zero{};
  const Vector one = splat(1);
  const Vector nowhere = splat(0xff);
  buffers.before_step.resize(write_at_once ? cells : 0);
  Vector* const before_step = vectors(buffers.before_step.data());
  Vector* const slots = vectors(buffers.slots.data());
  Vector* const memory = vectors(buffers.memory.data());
  Vector* const value_written = vectors(buffers.value_written.data());
  Vector* const was_right = vectors(buffers.was_right.data());
  const Vector* const result_value = vectors(batch.result_value.data());
  const Vector* const result_address = vectors(batch.result_address.data());
  const unsigned states = buffers.states;
  const unsigned registers = buffers.machine.registers();
  set_constants(buffers.machine, m, slots);

  const auto write = [=](const Vector& to, const Vector& value) {
    Vector address{};
#pragma GCC unroll 4
    for (unsigned cell = 0; cell < cells; ++cell, address += one) {
      memory[cell] = choose_if(to == address, value, memory[cell]);
    }
  };

  const bool look_for_clues = buffers.prices.features > 0.0;
  if (look_for_clues) {
    buffers.features.reset(registers);
  }
  const Vector limits = vector(batch.steps);
  const unsigned least_limit =
      *std::min_element(batch.steps.of.begin(), batch.steps.of.begin() + std::max(1U, batch.count));
  Vector active = vector(batch.used);
  Vector stopped{};
  Vector taken{};
  Vector faulted{};
  std::array<Group, max_rows> groups;
  // By state of an automaton, where `occupied` has a bit.
  std::array<Vector, max_states> lanes_in;
  std::uint32_t occupied = 1;
  std::uint32_t unconditional = 0;
  for (unsigned state = 0; states > 1 && state < states; ++state) {
    unconditional |= is_unconditional(candidate, state) ? std::uint32_t{1} << state : 0;
  }
  lanes_in[0] = active;
  std::array<Vector, max_registers> updated;

  std::uint64_t visited = 0;
  bool unstopped = false;
  unsigned step = 0;
  for (; step < batch.step_limit; ++step) {
    if (step >= least_limit) {
      unstopped |= any(active & mask(limits <= splat(step)));
      active &= mask(limits > splat(step));
    }
    if (!any(active)) {
      break;
    }
    if (step >= patience) {
      Outcome64 outcome;
      outcome.rejected = true;
      return outcome;
    }

    unsigned group_count = 0;
    if (states == 1) {
      group_count = group_by_mask(slots, registers, active, groups);
      for (unsigned g = 0; g < group_count; ++g) {
        visited |= std::uint64_t{1} << groups[g].row;
      }
    } else {
      for_each_bit(occupied, [&](unsigned state) {
        const Vector here = lanes_in[state] & active;
        const Vector zeros = mask(slots[candidate.tests[state]] == zero) & here;
        const Vector others = here & ~zeros;
        const unsigned row = 2 * state;
        const bool any_zeros = any(zeros);
        const bool any_others = any(others);
        visited |= std::uint64_t{any_others} << row | std::uint64_t{any_zeros} << (row + 1);
        if (((unconditional >> state) & 1U) != 0) {
          groups[group_count].set(row, here);
          group_count += any_others || any_zeros ? 1 : 0;
        } else {
          groups[group_count].set(row, others);
          group_count += any_others ? 1 : 0;
          groups[group_count].set(row + 1, zeros);
          group_count += any_zeros ? 1 : 0;
        }
      });
    }
    if ((visited & ~expected) != 0) {
      return std::nullopt;
    }
    occupied = 0;

    Vector write_address = nowhere;
    Vector write_value{};
    Vector finishing{};
    Vector failing{};
    for (unsigned g = 0; g < group_count; ++g) {
      const unsigned row = groups[g].row;
      const Vector lanes_here = groups[g].lanes;
      const CircuitCode::Code& code = buffers.code.of(candidate.circuit[row]);
      Vector running = lanes_here;  // without those that fail in this step
      if (write_at_once) {
        for (unsigned cell = 0; cell < cells; ++cell) {
          before_step[cell] = memory[cell];
        }
      }
      for (const CircuitCode::Operation& operation : code.operations) {
        const Vector a = slots[operation.a];
        const Vector b = slots[operation.b];
        if (operation.opcode == Opcode::read) {
          running &= mask(a < size);
          Vector result{};
          Vector address{};
#pragma GCC unroll 4
          for (unsigned cell = 0; cell < cells; ++cell, address += one) {
            result = choose_if(a == address, memory[cell], result);
          }
          slots[operation.output] = result;
        } else if (operation.opcode == Opcode::write) {
          running &= mask(a < size);
          write_address = choose(lanes_here, a, write_address);
          write_value = choose(lanes_here, b, write_value);
          slots[operation.output] = zero;
          if (write_at_once) {
            write(choose(running, a, nowhere), b);
          }
        } else {
          slots[operation.output] = arithmetic(buffers.machine, operation, a, b, m, batch, running);
        }
      }
      if (write_at_once) {
        for (unsigned cell = 0; cell < cells; ++cell) {
          memory[cell] = choose(lanes_here & ~running, before_step[cell], memory[cell]);
        }
      }
      failing |= lanes_here & ~running;
      for (std::size_t i = 0; i < code.updates.size(); ++i) {
        updated[i] = slots[code.updates[i].source];
      }
      for (std::size_t i = 0; i < code.updates.size(); ++i) {
        // What lanes that are not active do is never looked at.
        Vector& slot = slots[code.updates[i].of];
        slot = group_count == 1 ? updated[i] : choose(lanes_here, updated[i], slot);
      }
      if (candidate.finish[row]) {
        finishing |= running;
      } else {
        const unsigned next = candidate.next_state[row];
        const std::uint32_t bit = std::uint32_t{1} << next;
        lanes_in[next] = (occupied & bit) != 0 ? lanes_in[next] | running : running;
        occupied |= bit;
      }
    }
    faulted |= failing;
    active &= ~failing;
    write_address = choose(active, write_address, nowhere);
    if (!write_at_once) {
      write(write_address, write_value);
    }

    if (look_for_clues) {
      observe(buffers.features.seen(), std::span(buffers.slots).first(registers), batch.memory,
              bytes_of(active));
    }
    for (unsigned k = 0; k < results; ++k) {
      const Vector value_match = mask(write_value == result_value[k]) & active;
      value_written[k] |= value_match;
      was_right[k] |= value_match & mask(write_address == result_address[k]);
    }
    taken += active & one;
    stopped |= finishing;
    active &= ~finishing;
  }

  Outcome64 outcome;
  outcome.longest[0] = unstopped || any(active) ? without_limit : step;
  outcome.rows = visited;
  const Bytes stopped_bytes = bytes_of(stopped);
  const Bytes taken_bytes = bytes_of(taken);
  outcome.wrong = bits_of(faulted);
  for (unsigned lane = 0; lane < byte_lanes; ++lane) {
    outcome.steps += taken_bytes[lane];
  }
  outcome.cost = price(buffers, batch, stopped_bytes, taken_bytes, outcome);
  if (look_for_clues) {
    outcome.cost *= 1.0 - buffers.prices.features *
                              strength(buffers.features.seen(), outcome.wrong, batch.count);
  }
  return outcome;
}

}  // namespace

LaneRun run_here() { return run; }

}  // namespace nram::discrete::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace nram::discrete {

HWY_EXPORT(run_here);

LaneRun lane_run() {
  heed_environment();
  return HWY_DYNAMIC_DISPATCH(run_here)();
}

}  // namespace nram::discrete
#endif
