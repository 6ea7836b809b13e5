#include "discrete/liveness.hpp"

#include "discrete/bits.hpp"

#include <bit>

namespace nram::discrete {
namespace {

RegisterSet only(unsigned r) { return static_cast<RegisterSet>(1U << r); }

}  // namespace

LivenessAnalysis::LivenessAnalysis(const Machine& machine, unsigned states)
    : machine_(machine), registers_(machine.registers()), states_(states) {
  const auto all_if = [](bool condition) {
    return condition ? static_cast<RegisterSet>(0xff) : RegisterSet{0};
  };
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    const Module& module = machine.modules()[q];
    shapes_.push_back({static_cast<std::uint8_t>(machine.output_of(q)),
                       static_cast<std::uint8_t>(machine.first_argument(q)),
                       all_if(module.arity >= 1), all_if(module.arity >= 2),
                       all_if(module.opcode == Opcode::write),
                       all_if(module.opcode == Opcode::read)});
  }
  known_.fill(Wiring{});
  needs_.fill(needs_of(Wiring{}));
}

LivenessAnalysis::Needs LivenessAnalysis::needs_of(const Wiring& wiring) const {
  constexpr auto of_a_read = static_cast<RegisterSet>(1U << max_registers);  // a mark
  Needs needs{};
  RegisterSet addresses = 0;
  std::array<RegisterSet, max_sources> behind;  // by source; modules come after what they use
  for (unsigned r = 0; r < registers_; ++r) {
    behind[r] = only(r);
  }
  for (const Shape& shape : shapes_) {
    const auto all =
        static_cast<RegisterSet>((behind[wiring.arguments[shape.argument]] & shape.uses_a) |
                                 (behind[wiring.arguments[shape.argument + 1U]] & shape.uses_b));
    behind[shape.output] = static_cast<RegisterSet>(all | (of_a_read & shape.reads));
    addresses |= all & shape.reads;
    needs.of_memory |= all & shape.writes;
  }
  RegisterSet of_any = needs.of_memory;
  for (unsigned r = 0; r < registers_; ++r) {
    needs.of_update[r] = behind[wiring.registers[r]];
    of_any |= needs.of_update[r];
  }
  needs.of_memory |= (of_any & of_a_read) != 0 ? addresses : RegisterSet{0};
  needs.of_memory &= static_cast<RegisterSet>(~of_a_read);
  for (RegisterSet& update : needs.of_update) {
    update &= static_cast<RegisterSet>(~of_a_read);
  }
  return needs;
}

void LivenessAnalysis::learn(const Wiring& wiring, unsigned circuit) {
  if (wiring != known_[circuit]) {
    known_[circuit] = wiring;
    needs_[circuit] = needs_of(wiring);
  }
}

Liveness LivenessAnalysis::live_registers(const Candidate& candidate, std::uint64_t rows) {
  Liveness live{};
  if (states_ == 1) {
    live.fill(static_cast<RegisterSet>((1U << registers_) - 1));
    before_[0] = live[0];
    return live;
  }
  std::uint32_t known = 0;
  before_.fill(0);
  for_each_bit(rows, [&](unsigned row) {
    const unsigned c = candidate.circuit[row];
    if (((known >> c) & 1U) == 0) {
      known |= 1U << c;
      learn(candidate.circuits[c], c);
    }
    const bool looks = !is_unconditional(candidate, row / 2);
    before_[row / 2] |= needs_[c].of_memory;
    before_[row / 2] |= looks ? only(candidate.tests[row / 2]) : RegisterSet{0};
  });
  // Backwards from what is looked at, until nothing is added any more.
  for (bool grown = true; grown;) {
    grown = false;
    for (std::uint64_t left = rows; left != 0;) {
      const auto row = static_cast<unsigned>(std::bit_width(left)) - 1;
      left ^= std::uint64_t{1} << row;
      const RegisterSet after =
          candidate.finish[row] ? RegisterSet{0} : before_[candidate.next_state[row]];
      if (after == live[row]) {
        continue;
      }
      live[row] = after;
      const Needs& of_circuit = needs_[candidate.circuit[row]];
      RegisterSet needed = 0;
      for (unsigned r = 0; r < registers_; ++r) {
        needed |= (after & only(r)) != 0 ? of_circuit.of_update[r] : RegisterSet{0};
      }
      before_[row / 2] |= needed;
      grown = true;
    }
  }
  return live;
}

RegisterSet LivenessAnalysis::live_at_start(const Candidate& candidate) {
  (void)live_registers(candidate, reachable_rows(machine_, states_, candidate));
  return before_[0];
}

void leave_dead_registers_alone(const Machine& machine, unsigned states, Candidate& candidate) {
  const std::uint64_t rows = reachable_rows(machine, states, candidate);
  LivenessAnalysis analysis(machine, states);
  // Without the READ that an update was for, its address is not looked at any more: once again.
  for (bool changed = true; changed;) {
    changed = false;
    const Liveness live = analysis.live_registers(candidate, rows);
    std::array<RegisterSet, max_circuits> after{};  // any step with the circuit
    std::uint32_t used = 0;
    for_each_bit(rows, [&](unsigned row) {
      after[candidate.circuit[row]] |= live[row];
      used |= 1U << candidate.circuit[row];
    });
    for (unsigned c = 0; c < max_circuits; ++c) {
      for (unsigned r = 0; ((used >> c) & 1U) != 0 && r < machine.registers(); ++r) {
        std::uint8_t& source = candidate.circuits[c].registers[r];
        if ((after[c] & only(r)) == 0 && source != r) {
          source = static_cast<std::uint8_t>(r);
          changed = true;
        }
      }
    }
  }
}

}  // namespace nram::discrete
