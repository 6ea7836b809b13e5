#include "discrete/cost/circuit_code.hpp"

#include "discrete/bits.hpp"

namespace nram::discrete {

CircuitCode::CircuitCode(const Machine& machine)
    : registers_(machine.registers()), sources_(machine) {
  bool written = false;
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    const Module& module = machine.modules()[q];
    constants_ |= std::uint64_t{module.is_constant() ? 1U : 0U} << machine.output_of(q);
    const bool can_fail = module.opcode == Opcode::write || module.opcode == Opcode::read;
    write_is_last_ = write_is_last_ && !(written && can_fail);
    written = written || module.opcode == Opcode::write;
  }
}

void CircuitCode::translate(const Candidate& candidate, std::uint64_t rows, const Liveness& live) {
  std::uint32_t in_use = 0;
  static_assert(max_circuits <= 32);
  std::array<RegisterSet, max_circuits> after{};  // any step with the circuit
  for_each_bit(rows, [&](unsigned row) {
    in_use |= std::uint32_t{1} << candidate.circuit[row];
    after[candidate.circuit[row]] |= live[row];
  });
  for_each_bit(in_use, [&](unsigned circuit) {
    translate(circuit, candidate.circuits[circuit], after[circuit]);
  });
}

void CircuitCode::translate(unsigned circuit, const Wiring& wiring, RegisterSet after) {
  Known& known = known_[circuit];
  if (known.translated && known.after == after && known.wiring == wiring) {
    return;
  }
  known = {wiring, after, true};
  const std::uint64_t live = sources_.live_sources(wiring, after) & ~constants_;
  Code& code = codes_[circuit];
  code.operations.clear();
  for (const SourceAnalysis::Shape& shape : sources_.shapes()) {
    if (((live >> shape.output) & 1U) != 0) {
      code.operations.push_back({shape.opcode, shape.module, shape.output,
                                 wiring.arguments[shape.argument],
                                 wiring.arguments[shape.argument + 1U]});
    }
  }
  code.updates.clear();
  for (unsigned r = 0; r < registers_; ++r) {
    if (((static_cast<unsigned>(after) >> r) & 1U) != 0 && wiring.registers[r] != r) {
      code.updates.push_back({static_cast<std::uint8_t>(r), wiring.registers[r]});
    }
  }
}

}  // namespace nram::discrete
