#include "programs/refused_start.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/circuit.hpp>
#include <nram/engine/error.hpp>
#include <nram/trainer/warm_start.hpp>

namespace nram {
namespace {

// Circuits of the one machine as circuits of the other.
class Placement {
 public:
  Placement(const WarmStart& start, const Machine& to)
      : start_(start), from_(start.program.machine()), to_(to) {}

  [[nodiscard]] Circuit placed(const Circuit& circuit) const {
    Circuit result = blank_circuit(to_);
    const std::vector<bool> live = live_modules(from_, circuit);
    for (unsigned q = 0; q < from_.modules().size(); ++q) {
      if (!live[q]) {
        continue;
      }
      const Module& module = from_.modules()[q];
      const unsigned there = source_of(from_.output_of(q)) - to_.registers();
      for (unsigned position = 0; position < module.arity; ++position) {
        const Source source = source_of(circuit.arguments[from_.first_argument(q) + position]);
        if (source >= to_.argument_candidates(there)) {
          refuse_start(start_,
                       fmt::format("there, {} takes its argument from {}, which runs behind "
                                   "it in the machine to learn with",
                                   module.name, to_.source_name(source)));
        }
        result.arguments[to_.first_argument(there) + position] = source;
      }
    }
    for (unsigned r = 0; r < from_.registers(); ++r) {
      result.registers[r] = source_of(circuit.registers[r]);
    }
    return result;
  }

 private:
  [[nodiscard]] Source source_of(Source source) const {
    if (from_.is_register(source)) {
      return source;
    }
    const Module& module = from_.modules()[source - from_.registers()];
    const auto& modules = to_.modules();
    const auto found = std::ranges::find_if(modules, [&](const Module& other) {
      return other.name == module.name && other.evaluate == module.evaluate;
    });
    if (found == modules.end()) {
      refuse_start(start_,
                   fmt::format("it needs the module {}, which the machine to learn with does "
                               "not have",
                               module.name));
    }
    return to_.output_of(static_cast<unsigned>(found - modules.begin()));
  }

  const WarmStart& start_;
  const Machine& from_;
  const Machine& to_;
};

bool writes(const Machine& machine) {
  return std::ranges::find(machine.modules(), Opcode::write, &Module::opcode) !=
         machine.modules().end();
}

}  // namespace

void refuse_start(const WarmStart& start, const std::string& difference) {
  throw Error(ErrorKind::usage,
              fmt::format("{}: cannot begin from this program: {}", start.name, difference));
}

Program on_machine(const WarmStart& start, const Machine& machine) {
  const Machine& own = start.program.machine();
  if (own.order() != machine.order()) {
    refuse_start(start, fmt::format("it compares {} numbers, the task has {} ones",
                                    name_of(own.order()), name_of(machine.order())));
  }
  if (own.registers() > machine.registers()) {
    refuse_start(start, fmt::format("it has {} registers, the machine to learn with {}",
                                    own.registers(), machine.registers()));
  }
  if (writes(machine) && !writes(own)) {
    refuse_start(start, "it has no WRITE, but the machine to learn with writes in every step");
  }
  const Placement placement(start, machine);
  std::vector<Circuit> circuits;
  for (const Circuit& circuit : start.program.circuits()) {
    circuits.push_back(placement.placed(circuit));
  }
  return {machine, std::move(circuits), start.program.rules(), start.program.metadata()};
}

}  // namespace nram
