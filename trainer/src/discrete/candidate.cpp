#include "candidate.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <nram/engine/error.hpp>

namespace nram::discrete {

void require_searchable(const Machine& machine, unsigned states) {
  if (machine.registers() > max_registers || machine.arguments() >= max_arguments ||
      machine.register_candidates() >= 64 || states * machine.masks() > max_rows || states == 0) {
    throw Error(
        ErrorKind::usage,
        fmt::format("the discrete search takes up to {} registers, {} module arguments and {} "
                    "transitions; this machine has {}, {} and {}",
                    max_registers, max_arguments, max_rows, machine.registers(),
                    machine.arguments(), states * machine.masks()));
  }
}

Program to_program(const Machine& machine, unsigned states, const Candidate& candidate) {
  const unsigned rows = states * machine.masks();
  std::vector<Circuit> circuits;
  std::array<std::uint32_t, max_circuits> index{};
  std::array<bool, max_circuits> placed{};
  std::vector<Transition> table;
  for (unsigned row = 0; row < rows; ++row) {
    const unsigned c = candidate.circuit[row];
    if (!placed[c]) {
      const Wiring& wiring = candidate.circuits[c];
      Circuit circuit;
      circuit.arguments.assign(wiring.arguments.begin(),
                               wiring.arguments.begin() + machine.arguments());
      circuit.registers.assign(wiring.registers.begin(),
                               wiring.registers.begin() + machine.registers());
      const auto same = std::find(circuits.begin(), circuits.end(), circuit);
      index[c] = static_cast<std::uint32_t>(same - circuits.begin());
      if (same == circuits.end()) {
        circuits.push_back(std::move(circuit));
      }
      placed[c] = true;
    }
    table.push_back({index[c], candidate.next_state[row], candidate.finish[row]});
  }
  std::vector<Rule> rules = rules_from_table(machine, table);
  return {machine, std::move(circuits), std::move(rules)};
}

}  // namespace nram::discrete
