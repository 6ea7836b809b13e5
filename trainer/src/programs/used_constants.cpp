#include "programs/used_constants.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace nram {

namespace {

// By source, whether a circuit names it.
std::vector<bool> sources_used(const Program& program) {
  std::vector<bool> used(program.machine().register_candidates(), false);
  for (const Circuit& circuit : program.circuits()) {
    for (const Source source : circuit.arguments) {
      used[source] = true;
    }
    for (const Source source : circuit.registers) {
      used[source] = true;
    }
  }
  return used;
}

}  // namespace

std::vector<Word> constants_used(const Program& program) {
  const Machine& machine = program.machine();
  const std::vector<bool> used = sources_used(program);
  std::vector<Word> numbers;
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    if (machine.modules()[q].opcode == Opcode::constant && used[machine.output_of(q)]) {
      numbers.push_back(machine.modules()[q].constant);
    }
  }
  return numbers;
}

Program without_unused_constants(const Program& program) {
  const Machine& machine = program.machine();
  const std::vector<bool> used = sources_used(program);
  std::vector<Module> modules;
  std::vector<Source> place;  // by source
  for (unsigned r = 0; r < machine.registers(); ++r) {
    place.push_back(static_cast<Source>(r));
  }
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    place.push_back(static_cast<Source>(machine.registers() + modules.size()));
    const Module& module = machine.modules()[q];
    if (module.opcode != Opcode::constant || used[machine.output_of(q)]) {
      modules.push_back(module);
    }
  }
  if (modules.empty() || modules.size() == machine.modules().size()) {
    return program;
  }
  std::vector<Circuit> circuits = program.circuits();
  const auto move = [&](Source& source) { source = place[source]; };
  for (Circuit& circuit : circuits) {
    std::ranges::for_each(circuit.arguments, move);
    std::ranges::for_each(circuit.registers, move);
  }
  return {Machine(machine.registers(), std::move(modules), machine.order()), std::move(circuits),
          program.rules(), program.metadata()};
}

}  // namespace nram
