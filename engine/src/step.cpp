#include <nram/engine/step.hpp>

namespace nram {

std::uint32_t zero_mask(std::span<const Word> registers) {
  std::uint32_t mask = 0;
  for (std::size_t r = 0; r < registers.size(); ++r) {
    mask |= (registers[r] == 0 ? 1U : 0U) << r;
  }
  return mask;
}

std::optional<AddressFault> run_step(const Machine& machine, const Circuit& circuit,
                                     MemoryView memory, Modulus modulus,
                                     std::vector<Word>& registers) {
  StepRecord record;
  return run_step(machine, circuit, memory, modulus, registers, record);
}

std::optional<AddressFault> run_step(const Machine& machine, const Circuit& circuit,
                                     MemoryView memory, Modulus modulus,
                                     std::vector<Word>& registers, StepRecord& record) {
  record.live = live_modules(machine, circuit);
  record.values = registers;
  record.overwritten.reset();
  std::vector<Word>& values = record.values;
  Word written = 0;  // the address of what was overwritten

  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    const Module& module = machine.modules()[q];
    const auto argument = [&](unsigned position) {
      return position < module.arity
                 ? values[circuit.arguments[machine.first_argument(q) + position]]
                 : 0;
    };
    const Word a = argument(0);
    const Word b = argument(1);
    if (!record.live[q]) {
      values.push_back(0);
    } else if (!module.touches_memory()) {
      values.push_back(module.value(a, b, modulus));
    } else if (a >= memory.size()) {
      if (record.overwritten) {  // a WRITE that ran before this READ is taken back
        memory.store(written, *record.overwritten);
        record.overwritten.reset();
      }
      return AddressFault{q, a};
    } else if (module.opcode == Opcode::read) {
      values.push_back(memory.load(a));
    } else {
      written = a;
      record.overwritten = memory.load(a);
      memory.store(a, b);
      values.push_back(0);
    }
  }
  for (std::size_t r = 0; r < registers.size(); ++r) {
    registers[r] = values[circuit.registers[r]];
  }
  return std::nullopt;
}

}  // namespace nram
