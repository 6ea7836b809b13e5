#include "module_subset.hpp"

#include <algorithm>

namespace nram {
namespace {

bool always_kept(Opcode opcode) {
  return opcode == Opcode::read || opcode == Opcode::inc || opcode == Opcode::write ||
         opcode == Opcode::custom;
}

std::vector<unsigned> draw(const Machine& machine, double share, Random& random) {
  std::vector<unsigned> kept;
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    // A number is drawn for each of them, so that tables that differ in one module draw alike.
    const bool drawn = random.chance(share);
    if (drawn || always_kept(machine.modules()[q].opcode)) {
      kept.push_back(q);
    }
  }
  if (kept.empty()) {
    kept.push_back(0);  // a machine has to have one
  }
  return kept;
}

Machine with_modules(const Machine& machine, const std::vector<unsigned>& kept) {
  std::vector<Module> modules;
  modules.reserve(kept.size());
  for (const unsigned q : kept) {
    modules.push_back(machine.modules()[q]);
  }
  return {machine.registers(), std::move(modules)};
}

}  // namespace

ModuleSubset::ModuleSubset(const Machine& machine, double share, Random& random)
    : full_(machine), kept_(draw(machine, share, random)), machine_(with_modules(machine, kept_)) {}

Program ModuleSubset::widened(const Program& program) const {
  const auto wide = [&](Source source) {
    return machine_.is_register(source) ? source
                                        : full_.output_of(kept_[source - machine_.registers()]);
  };
  std::vector<Circuit> circuits;
  for (const Circuit& narrow : program.circuits()) {
    Circuit circuit = blank_circuit(full_);
    std::ranges::transform(narrow.registers, circuit.registers.begin(), wide);
    for (unsigned k = 0; k < kept_.size(); ++k) {
      for (unsigned a = 0; a < machine_.modules()[k].arity; ++a) {
        circuit.arguments[full_.first_argument(kept_[k]) + a] =
            wide(narrow.arguments[machine_.first_argument(k) + a]);
      }
    }
    circuits.push_back(std::move(circuit));
  }
  return {full_, std::move(circuits), program.rules(), program.metadata()};
}

}  // namespace nram
