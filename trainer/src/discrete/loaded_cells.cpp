#include "loaded_cells.hpp"

#include <algorithm>

namespace nram::discrete {
namespace {

std::optional<unsigned> module_with(const Machine& machine, Opcode opcode) {
  const auto& modules = machine.modules();
  const auto found = std::find_if(modules.begin(), modules.end(),
                                  [&](const Module& module) { return module.opcode == opcode; });
  return found == modules.end() ? std::nullopt
                                : std::optional(static_cast<unsigned>(found - modules.begin()));
}

}  // namespace

std::optional<LoadedCells> LoadedCells::on(const Machine& machine, unsigned states,
                                           unsigned count) {
  const auto read = module_with(machine, Opcode::read);
  const auto write = module_with(machine, Opcode::write);
  const bool able =
      read && module_with(machine, Opcode::inc) && (!write || *read < *write) && states > 1 &&
      count > 0 && count <= machine.registers() && states + count <= max_states &&
      rows_of(machine, states) + count <= max_circuits && is_searchable(machine, states + count);
  return able ? std::optional(LoadedCells(machine, states, count)) : std::nullopt;
}

LoadedCells::LoadedCells(const Machine& machine, unsigned states, unsigned count)
    : machine_(&machine),
      states_(states),
      count_(count),
      read_(*module_with(machine, Opcode::read)),
      inc_(*module_with(machine, Opcode::inc)),
      write_(module_with(machine, Opcode::write)) {}

Candidate LoadedCells::before(const Candidate& chart) const {
  Candidate result;
  result.circuit_count = 0;
  const auto add = [&](const Wiring& wiring) {
    result.circuits[result.circuit_count] = wiring;
    return static_cast<std::uint8_t>(result.circuit_count++);
  };
  // The last register counts the cells up, and takes the last one in the end.
  const auto counter = static_cast<std::uint8_t>(count_ - 1);
  const auto read_output = static_cast<std::uint8_t>(machine_->output_of(read_));
  for (unsigned cell = 0; cell < count_; ++cell) {
    Wiring wiring;
    for (unsigned r = 0; r < machine_->registers(); ++r) {
      wiring.registers[r] = static_cast<std::uint8_t>(r);
    }
    wiring.arguments[machine_->first_argument(read_)] = counter;
    wiring.arguments[machine_->first_argument(inc_)] = counter;
    wiring.registers[counter] = static_cast<std::uint8_t>(machine_->output_of(inc_));
    wiring.registers[cell] = read_output;
    if (write_) {
      wiring.arguments[machine_->first_argument(*write_)] = counter;
      wiring.arguments[machine_->first_argument(*write_) + 1] = read_output;
    }
    const std::uint8_t circuit = add(wiring);
    for (const unsigned row : {2 * cell, 2 * cell + 1}) {
      result.circuit[row] = circuit;
      result.next_state[row] = static_cast<std::uint8_t>(cell + 1);
    }
  }
  const std::uint64_t reachable = reachable_rows(*machine_, states_, chart);
  std::array<std::optional<std::uint8_t>, max_circuits> place{};
  for (unsigned row = 0; row < rows_of(*machine_, states_); ++row) {
    const unsigned behind = row + 2 * count_;
    result.finish[behind] = chart.finish[row];
    result.next_state[behind] = static_cast<std::uint8_t>(chart.next_state[row] + count_);
    result.tests[behind / 2] = chart.tests[row / 2];
    if (((reachable >> row) & 1U) != 0) {
      std::optional<std::uint8_t>& circuit = place[chart.circuit[row]];
      circuit = circuit ? *circuit : add(chart.circuits[chart.circuit[row]]);
      result.circuit[behind] = *circuit;
    }
  }
  return result;
}

}  // namespace nram::discrete
