#include "programs/memory_modules.hpp"

namespace nram {

MemoryModules::MemoryModules(const Machine& machine) {
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    const Opcode opcode = machine.modules()[q].opcode;
    if (opcode == Opcode::read) {
      read_ = q;
    } else if (opcode == Opcode::write) {
      write_ = q;
    }
  }
}

void MemoryModules::leave_alone(const Machine& machine, Source address, Circuit& circuit) const {
  if (write_) {
    circuit.arguments[machine.first_argument(*read_)] = address;
    circuit.arguments[machine.first_argument(*write_)] = address;
    circuit.arguments[machine.first_argument(*write_) + 1] = machine.output_of(*read_);
  }
}

}  // namespace nram
