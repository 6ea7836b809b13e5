#include <fmt/format.h>

#include <nram/engine/circuit.hpp>
#include <nram/engine/error.hpp>

namespace nram {
namespace {

[[noreturn]] void reject(const std::string& where, const std::string& what) {
  throw Error(ErrorKind::data, where + ": " + what);
}

}  // namespace

void validate(const Machine& machine, const Circuit& circuit, const std::string& where) {
  if (circuit.arguments.size() != machine.arguments()) {
    reject(where, fmt::format("has {} module arguments, the machine has {}",
                              circuit.arguments.size(), machine.arguments()));
  }
  if (circuit.registers.size() != machine.registers()) {
    reject(where, fmt::format("sets {} registers, the machine has {}", circuit.registers.size(),
                              machine.registers()));
  }
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    const Module& module = machine.modules()[q];
    for (unsigned position = 0; position < module.arity; ++position) {
      const Source source = circuit.arguments[machine.first_argument(q) + position];
      if (source >= machine.register_candidates()) {
        reject(where, fmt::format("argument {} of {} is source {}, which does not exist", position,
                                  module.name, source));
      }
      if (source >= machine.argument_candidates(q)) {
        reject(where, fmt::format(
                          "argument {} of {} is {}, which does not run before {}; an argument is a "
                          "register or an earlier module",
                          position, module.name, machine.source_name(source), module.name));
      }
    }
  }
  for (unsigned r = 0; r < machine.registers(); ++r) {
    if (circuit.registers[r] >= machine.register_candidates()) {
      reject(where, fmt::format("register r{} takes source {}, which does not exist", r,
                                circuit.registers[r]));
    }
  }
}

std::vector<bool> live_modules(const Machine& machine, const Circuit& circuit) {
  const unsigned registers = machine.registers();
  std::vector<bool> live(machine.modules().size(), false);
  for (const Source source : circuit.registers) {
    if (!machine.is_register(source)) {
      live[source - registers] = true;
    }
  }
  for (auto q = static_cast<unsigned>(machine.modules().size()); q-- > 0;) {
    const Module& module = machine.modules()[q];
    live[q] = live[q] || module.opcode == Opcode::write;
    if (!live[q]) {
      continue;
    }
    for (unsigned position = 0; position < module.arity; ++position) {
      const Source source = circuit.arguments[machine.first_argument(q) + position];
      if (!machine.is_register(source)) {
        live[source - registers] = true;
      }
    }
  }
  return live;
}

Circuit blank_circuit(const Machine& machine) {
  Circuit circuit;
  circuit.arguments.assign(machine.arguments(), 0);
  for (unsigned r = 0; r < machine.registers(); ++r) {
    circuit.registers.push_back(static_cast<Source>(r));
  }
  return circuit;
}

}  // namespace nram
