#include "programs/prologue.hpp"

#include "programs/memory_modules.hpp"

#include <algorithm>
#include <optional>

namespace nram {
namespace {

std::optional<unsigned> find_inc(const Machine& machine) {
  const auto& modules = machine.modules();
  const auto found =
      std::ranges::find_if(modules, [](const Module& m) { return m.opcode == Opcode::inc; });
  return found == modules.end() ? std::nullopt
                                : std::optional(static_cast<unsigned>(found - modules.begin()));
}

}  // namespace

std::vector<Circuit> prologue_circuits(const Machine& machine, unsigned count, Position position) {
  const MemoryModules memory(machine);
  const auto read = memory.read();
  const auto inc = find_inc(machine);
  const unsigned taken = position == Position::kept ? count + 1 : count;
  if (!read || !inc || !memory.can_leave_alone() || count == 0 || taken > machine.registers()) {
    return {};
  }
  std::vector<Circuit> steps;
  // The last register counts the cells up. If their number is not kept, it takes the last one.
  const auto counter = static_cast<Source>(taken - 1);
  for (unsigned cell = 0; cell < count; ++cell) {
    Circuit circuit = blank_circuit(machine);
    circuit.arguments[machine.first_argument(*read)] = counter;
    circuit.arguments[machine.first_argument(*inc)] = counter;
    circuit.registers[counter] = machine.output_of(*inc);
    circuit.registers[cell] = machine.output_of(*read);
    memory.leave_alone(machine, counter, circuit);
    steps.push_back(std::move(circuit));
  }
  return steps;
}

Program behind(const std::vector<Circuit>& steps, const Program& program) {
  const auto first = static_cast<std::uint32_t>(steps.size());
  std::vector<Circuit> circuits = steps;
  circuits.insert(circuits.end(), program.circuits().begin(), program.circuits().end());
  std::vector<Rule> rules;
  for (std::uint32_t step = 0; step < first; ++step) {
    rules.push_back({step, 0, 0, {step, step + 1, false}});
  }
  for (Rule rule : program.rules()) {
    rule.state += first;
    rule.transition.circuit += first;
    rule.transition.next_state += first;
    rules.push_back(rule);
  }
  return {program.machine(), std::move(circuits), std::move(rules), program.metadata()};
}

std::size_t loadable_cells(std::span<const Example> examples, std::size_t count) {
  for (const Example& example : examples) {
    count = example.registers.empty() ? std::min(count, example.memory.size()) : 0;
  }
  return count;
}

}  // namespace nram
