#include <algorithm>
#include <vector>

#include <nram/engine/simplify.hpp>

namespace nram {

std::size_t size_of(const Program& program) {
  const Machine& machine = program.machine();
  std::size_t size = program.rules().size();
  for (const Circuit& circuit : program.circuits()) {
    const std::vector<bool> live = live_modules(machine, circuit);
    size += static_cast<std::size_t>(std::ranges::count(live, true));
    for (unsigned r = 0; r < machine.registers(); ++r) {
      size += circuit.registers[r] == r ? 0 : 1;
    }
  }
  return size;
}

}  // namespace nram
