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
  const std::vector<bool> live = live_modules(machine, circuit);
  std::vector<Word> values = registers;  // of every source: registers, then module outputs
  std::optional<std::pair<Word, Word>> overwritten;

  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    const Module& module = machine.modules()[q];
    const auto argument = [&](unsigned position) {
      return position < module.arity
                 ? values[circuit.arguments[machine.first_argument(q) + position]]
                 : 0;
    };
    const Word a = argument(0);
    const Word b = argument(1);
    if (!live[q]) {
      values.push_back(0);
    } else if (!module.touches_memory()) {
      values.push_back(module.value(a, b, modulus));
    } else if (a >= memory.size()) {
      if (overwritten) {  // a WRITE that ran before this READ is taken back
        memory.store(overwritten->first, overwritten->second);
      }
      return AddressFault{q, a};
    } else if (module.opcode == Opcode::read) {
      values.push_back(memory.load(a));
    } else {
      overwritten = {a, memory.load(a)};
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
