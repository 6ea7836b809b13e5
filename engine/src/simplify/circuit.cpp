#include "simplify/values.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <nram/engine/simplify.hpp>

namespace nram {
namespace {

using simplification::Values;

// Says where values are to be had from in a step, best first: constants, then registers, then the
// module that runs first.
class Sources {
 public:
  Sources(const Machine& machine, const Circuit& circuit, std::uint32_t zero_registers)
      : machine_(machine) {
    for (unsigned r = 0; r < machine.registers(); ++r) {
      values_.push_back((zero_registers >> r & 1U) != 0 ? Values::zero : known_.initial(r));
    }
    unsigned writes = 0;
    for (unsigned q = 0; q < machine.modules().size(); ++q) {
      const Module& module = machine.modules()[q];
      const auto argument = [&](unsigned i) {
        return i < module.arity ? values_[circuit.arguments[machine.first_argument(q) + i]]
                                : Values::zero;
      };
      const Values::Value a = argument(0);
      const Values::Value b = argument(1);
      // WRITE gives 0. Memory is another one behind it.
      const bool is_write = module.opcode == Opcode::write;
      const unsigned number = module.opcode == Opcode::read ? writes : q;
      values_.push_back(is_write ? Values::zero : known_.of(module, number, a, b));
      writes += is_write ? 1 : 0;
    }
  }

  [[nodiscard]] Values::Value value(Source source) const { return values_[source]; }

  // The best source of a value among the first `candidates`; nothing if there is none.
  [[nodiscard]] std::optional<Source> best(Values::Value value, std::size_t candidates) const {
    std::optional<Source> chosen;
    for (std::size_t s = 0; s < candidates; ++s) {
      const auto source = static_cast<Source>(s);
      if (values_[s] == value && (!chosen || rank(source) < rank(*chosen))) {
        chosen = source;
      }
    }
    return chosen;
  }

  [[nodiscard]] const Values& known() const { return known_; }

 private:
  [[nodiscard]] unsigned rank(Source source) const {
    if (machine_.is_register(source)) {
      return machine_.register_candidates() + source;
    }
    const Module& module = machine_.modules()[source - machine_.registers()];
    return module.arity == 0 ? source : 2 * machine_.register_candidates() + source;
  }

  const Machine& machine_;
  Values known_;
  std::vector<Values::Value> values_;  // by source
};

}  // namespace

Circuit simplify(const Machine& machine, const Circuit& circuit, std::uint32_t zero_registers) {
  const Sources sources(machine, circuit, zero_registers);
  Circuit simple = circuit;
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    const Module& module = machine.modules()[q];
    const unsigned first = machine.first_argument(q);
    const std::size_t candidates = machine.argument_candidates(q);
    std::array<Values::Value, 2> wanted{};
    for (unsigned i = 0; i < module.arity; ++i) {
      wanted[i] = sources.value(circuit.arguments[first + i]);
    }
    // x + y = y is x = 0: what the value is made of may be simpler than what it is computed from.
    const auto made_of = sources.known().arguments(sources.value(machine.output_of(q)), module);
    if (made_of && sources.best(made_of->first, candidates) &&
        (module.arity < 2 || sources.best(made_of->second, candidates))) {
      wanted = {made_of->first, made_of->second};
    }
    for (unsigned i = 0; i < module.arity; ++i) {
      simple.arguments[first + i] = *sources.best(wanted[i], candidates);
    }
  }
  for (unsigned r = 0; r < machine.registers(); ++r) {
    const Values::Value value = sources.value(circuit.registers[r]);
    simple.registers[r] = value == sources.value(static_cast<Source>(r))
                              ? static_cast<Source>(r)
                              : *sources.best(value, machine.register_candidates());
  }
  const std::vector<bool> live = live_modules(machine, simple);
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    if (!live[q]) {
      std::fill_n(simple.arguments.begin() + machine.first_argument(q), machine.modules()[q].arity,
                  Source{0});
    }
  }
  return simple;
}

}  // namespace nram
