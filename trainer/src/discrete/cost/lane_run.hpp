// Running a candidate on a batch of examples, step by step. In most steps nearly all lanes are in
// the same row, so each row that some are in is run on its own, on all lanes at once. Bytes and
// wider elements alike; what differs between them is in lane_memory.hpp.

// Once for each instruction set.
#if defined(NRAM_DISCRETE_LANE_RUN_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef NRAM_DISCRETE_LANE_RUN_HPP
#undef NRAM_DISCRETE_LANE_RUN_HPP
#else
#define NRAM_DISCRETE_LANE_RUN_HPP
#endif

#include "discrete/bits.hpp"
#include "discrete/cost/lane_cost.hpp"
#include "discrete/cost/lane_features.hpp"
#include "discrete/cost/lane_memory.hpp"
#include "discrete/cost/lane_state.hpp"
#include "discrete/cost/lane_vector.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace nram::discrete::HWY_NAMESPACE {
namespace {

// The lanes that are in a row, or in either row of a state that does the same in both.
template <typename Element>
struct Group {
  // In place of an assignment: what the compiler declares by itself is for every computer.
  void set(unsigned to_row, const VectorOf<Element>& to_lanes) {
    row = to_row;
    lanes = to_lanes;
  }

  unsigned row;
  VectorOf<Element> lanes;
};

// Groups the active lanes of a table's run by their zero-masks; returns how many groups there are.
template <typename Element>
unsigned group_by_mask(const VectorOf<Element>* registers, unsigned count,
                       const VectorOf<Element>& active,
                       std::array<Group<Element>, max_rows>& groups) {
  using Vector = VectorOf<Element>;
  Vector row{};
  for (unsigned r = 0; r < count; ++r) {
    row |= mask(registers[r] == Vector{}) & splat<Element>(1U << r);
  }
  const Lanes<Element> rows = lanes_of(row);
  unsigned found = 0;
  for (std::uint64_t left = bits_of(active); left != 0;) {
    const auto next = static_cast<unsigned>(rows[static_cast<unsigned>(std::countr_zero(left))]);
    const Vector lanes_in = mask(row == splat<Element>(next)) & active;
    left &= ~bits_of(lanes_in);
    groups[found++].set(next, lanes_in);
  }
  return found;
}

// a + b, for operands below m.
template <typename Vector>
Vector sum_of(const Vector& a, const Vector& b, const Vector& m) {
  const Vector sum = a + b;
  return choose(mask(sum >= m) | mask(sum < a), sum - m, sum);
}

// k mod m. Nearly always k is below m everywhere; m may be 0, for 2^64.
template <typename Element>
VectorOf<Element> reduced(Word k, const VectorOf<Element>& m) {
  using Vector = VectorOf<Element>;
  const Vector one = splat<Element>(1);
  if (k <= std::numeric_limits<Element>::max() && !any(mask(m - one < splat<Element>(k)))) {
    return splat<Element>(k);
  }
  Vector sum{};  // of the leading bits of k
  for (auto bit = static_cast<unsigned>(std::bit_width(k)); bit-- > 0;) {
    sum = sum_of(sum, sum, m);
    sum = ((k >> bit) & 1U) != 0 ? choose_if(sum + one == m, Vector{}, sum + one) : sum;
  }
  return sum;
}

// The constants of the machine, as modules.
template <typename Element>
void set_constants(const Machine& machine, const VectorOf<Element>& m, VectorOf<Element>* slots) {
  using Vector = VectorOf<Element>;
  const Vector one = splat<Element>(1);
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
        slot = choose_if(m - one > one, splat<Element>(2), Vector{});  // m may be 0, for 2^64
        break;
      case Opcode::constant:
        slot = reduced<Element>(machine.modules()[q].constant, m);
        break;
      default:
        break;
    }
  }
}

// Of all modules but READ, WRITE and constants. Signed numbers compare as their places do, see
// nram::signed_place.
template <typename Element>
VectorOf<Element> arithmetic(const Machine& machine, const CircuitCode::Operation& operation,
                             const VectorOf<Element>& a, const VectorOf<Element>& b,
                             const VectorOf<Element>& m, const VectorOf<Element>& half,
                             const VectorOf<Element>& running) {
  using Vector = VectorOf<Element>;
  const Vector zero{};
  const Vector one = splat<Element>(1);
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
      return mask(sum_of(a, half, m) < sum_of(b, half, m)) & one;
    case Opcode::signed_le:
      return mask(sum_of(a, half, m) <= sum_of(b, half, m)) & one;
    case Opcode::signed_min:
      return choose_if(sum_of(a, half, m) < sum_of(b, half, m), a, b);
    case Opcode::signed_max:
      return choose_if(sum_of(a, half, m) > sum_of(b, half, m), a, b);
    case Opcode::custom: {
      const Module& module = machine.modules()[operation.module];
      const Lanes<Element> a_lanes = lanes_of(a);
      const Lanes<Element> b_lanes = lanes_of(b);
      const Lanes<Element> m_lanes = lanes_of(m);
      Lanes<Element> result;
      for_each_bit(bits_of(running), [&](unsigned lane) {
        result[lane] = static_cast<Element>(
            module.evaluate(a_lanes[lane], b_lanes[lane],
                            m_lanes[lane] == 0 ? Modulus::word64() : Modulus::of(m_lanes[lane])));
      });
      return vector(result);
    }
    // No default, so that the compiler names an opcode that is missing. These are done elsewhere.
    case Opcode::read:
    case Opcode::write:
    case Opcode::zero:
    case Opcode::one:
    case Opcode::two:
    case Opcode::constant:
      break;
  }
  return zero;
}

// Long because its loop keeps in registers of the processor what functions would pass in memory.
// NOLINTBEGIN(readability-function-size)
template <typename Element>
std::optional<LaneResult> run(LaneState& common, const Candidate& candidate, std::uint64_t expected,
                              const ExampleBatch& batch, unsigned patience) {
  using Vector = VectorOf<Element>;
  auto& buffers = std::get<LaneBuffers<Element>>(common.buffers);
  const auto& examples = std::get<LaneExamples<Element>>(batch.lanes);
  buffers.memory = examples.memory;
  buffers.slots.resize(common.machine.register_candidates());
  std::copy(examples.registers.begin(), examples.registers.end(), buffers.slots.begin());
  buffers.value_written.assign(batch.results, {});
  buffers.was_right.assign(batch.results, {});

  // Vector may alias anything, so the loop below works on local copies of all pointers and bounds.
  const unsigned cells = batch.cells;
  const bool write_at_once = !common.code.write_is_last();
  const Vector m = vector(examples.modulus);
  const Vector half = vector(examples.half_modulus);
  const Vector size = vector(examples.size);
  const Vector zero{};
  const Vector one = splat<Element>(1);
  const Vector nowhere = ~Vector{};  // no memory has such a cell
  buffers.before_step.resize(write_at_once ? cells : 0);
  Vector* const before_step = vectors(buffers.before_step.data());
  Vector* const slots = vectors(buffers.slots.data());
  Vector* const memory = vectors(buffers.memory.data());
  Vector* const value_written = vectors(buffers.value_written.data());
  Vector* const was_right = vectors(buffers.was_right.data());
  const unsigned states = common.states;
  const unsigned registers = common.machine.registers();
  set_constants(common.machine, m, slots);

  const bool look_for_features = common.penalties.features > 0.0;
  if (look_for_features) {
    buffers.features.reset(registers);
  }
  const Vector limits = vector(examples.steps);
  const auto least_limit = static_cast<unsigned>(*std::min_element(
      examples.steps.of.begin(), examples.steps.of.begin() + std::max(1U, batch.count)));
  Vector active = vector(examples.used);
  Vector stopped{};
  Vector taken{};
  Vector faulted{};
  Vector zero_noted{};  // by wide lanes: they have looked for results that are 0
  std::array<Group<Element>, max_rows> groups;
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
      unstopped |= any(active & mask(limits <= splat<Element>(step)));
      active &= mask(limits > splat<Element>(step));
    }
    if (!any(active)) {
      break;
    }
    if (step >= patience) {
      LaneResult result;
      result.rejected = true;
      return result;
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
    bool has_write = false;
    Vector finishing{};
    Vector failing{};
    for (unsigned g = 0; g < group_count; ++g) {
      const unsigned row = groups[g].row;
      const Vector lanes_here = groups[g].lanes;
      const CircuitCode::Code& code = common.code.of(candidate.circuit[row]);
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
          slots[operation.output] = load(memory, cells, a, running);
        } else if (operation.opcode == Opcode::write) {
          running &= mask(a < size);
          has_write = true;
          write_address = choose(lanes_here, a, write_address);
          write_value = choose(lanes_here, b, write_value);
          slots[operation.output] = zero;
          if (write_at_once) {
            store(memory, cells, choose(running, a, nowhere), b, running);
          }
        } else {
          slots[operation.output] = arithmetic(common.machine, operation, a, b, m, half, running);
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
      store(memory, cells, write_address, write_value, active);
    }

    if (look_for_features) {
      observe<Element>(buffers.features.seen(), std::span(buffers.slots).first(registers),
                       examples.memory, lanes_of(active));
    }
    // Where nothing is written, 0 counts as the value; wide lanes look for that only once.
    const Vector to_note = cell_by_cell<Element> || has_write ? active : active & ~zero_noted;
    if (cell_by_cell<Element> || any(to_note)) {
      note_write(batch, examples, write_address, write_value, to_note, value_written, was_right);
      zero_noted = has_write ? zero_noted : zero_noted | to_note;
    }
    taken += active & one;
    stopped |= finishing;
    active &= ~finishing;
  }

  LaneResult result;
  result.longest[0] = unstopped || any(active) ? without_limit : step;
  result.rows = visited;
  const Lanes<Element> stopped_lanes = lanes_of(stopped);
  const Lanes<Element> taken_lanes = lanes_of(taken);
  result.wrong = bits_of(faulted);
  for (unsigned lane = 0; lane < taken_lanes.count; ++lane) {
    result.steps += taken_lanes[lane];
  }
  result.cost = cost_of_run<Element>(common, batch, stopped_lanes, taken_lanes, result);
  if (look_for_features) {
    result.cost *= 1.0 - common.penalties.features *
                             strength<Element>(buffers.features.seen(), result.wrong, batch.count);
  }
  return result;
}
// NOLINTEND(readability-function-size)

}  // namespace
}  // namespace nram::discrete::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
