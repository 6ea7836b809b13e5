#include "liveness.hpp"

namespace nram::discrete {
namespace {

using Registers = std::uint8_t;  // a set, as bits
static_assert(max_registers <= 8);

// The registers whose values a circuit needs.
struct Needs {
  std::array<Registers, max_registers> of_update{};  // for what each register becomes
  Registers of_write = 0;                            // whatever comes after
};

Needs needs_of(const Machine& machine, const Wiring& wiring) {
  constexpr unsigned max_sources = 64;
  Needs needs;
  std::array<Registers, max_sources> behind{};  // by source
  for (unsigned r = 0; r < machine.registers(); ++r) {
    behind[r] = static_cast<Registers>(1U << r);
  }
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    const Module& module = machine.modules()[q];
    Registers all = 0;
    for (unsigned i = 0; i < module.arity; ++i) {
      all |= behind[wiring.arguments[machine.first_argument(q) + i]];
    }
    behind[machine.output_of(q)] = all;
    needs.of_write |= module.opcode == Opcode::write ? all : 0;
  }
  for (unsigned r = 0; r < machine.registers(); ++r) {
    needs.of_update[r] = behind[wiring.registers[r]];
  }
  return needs;
}

bool contains(Registers set, unsigned r) { return ((set >> r) & 1U) != 0; }

// Whether a state does the same whatever the register it looks at says.
bool is_unconditional(const Candidate& candidate, unsigned state) {
  const unsigned a = 2 * state;
  const unsigned b = a + 1;
  return candidate.circuit[a] == candidate.circuit[b] &&
         candidate.finish[a] == candidate.finish[b] &&
         (candidate.finish[a] || candidate.next_state[a] == candidate.next_state[b]);
}

}  // namespace

void leave_dead_registers_alone(const Machine& machine, unsigned states, Candidate& candidate) {
  if (states == 1) {
    return;
  }
  const std::uint64_t reachable = reachable_rows(machine, states, candidate);
  const auto is_reachable = [&](unsigned row) { return ((reachable >> row) & 1U) != 0; };
  std::array<Needs, max_circuits> needs{};
  std::array<bool, max_circuits> used{};
  for (unsigned row = 0; row < 2 * states; ++row) {
    const unsigned c = candidate.circuit[row];
    if (is_reachable(row) && !used[c]) {
      used[c] = true;
      needs[c] = needs_of(machine, candidate.circuits[c]);
    }
  }
  // Backwards from what is looked at, until nothing is added any more.
  std::array<Registers, max_states> live{};     // at the start of a state
  std::array<Registers, max_circuits> after{};  // after any step with the circuit
  for (bool grown = true; grown;) {
    grown = false;
    for (unsigned state = states; state-- > 0;) {
      if (!is_reachable(2 * state)) {
        continue;
      }
      Registers now = is_unconditional(candidate, state)
                          ? Registers{0}
                          : static_cast<Registers>(1U << candidate.tests[state]);
      for (const unsigned row : {2 * state, 2 * state + 1}) {
        const unsigned c = candidate.circuit[row];
        const Registers then =
            candidate.finish[row] ? Registers{0} : live[candidate.next_state[row]];
        after[c] |= then;
        now |= needs[c].of_write;
        for (unsigned r = 0; r < machine.registers(); ++r) {
          now |= contains(then, r) ? needs[c].of_update[r] : Registers{0};
        }
      }
      grown = grown || now != live[state];
      live[state] = now;
    }
  }
  for (unsigned c = 0; c < max_circuits; ++c) {
    for (unsigned r = 0; used[c] && r < machine.registers(); ++r) {
      if (!contains(after[c], r)) {
        candidate.circuits[c].registers[r] = static_cast<std::uint8_t>(r);
      }
    }
  }
}

}  // namespace nram::discrete
