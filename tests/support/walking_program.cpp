#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include <support/walking_program.hpp>

#include <nram/engine/error.hpp>
#include <nram/engine/program_builder.hpp>

namespace nram::test {
namespace {

using Random = std::mt19937_64;

constexpr unsigned walking_registers = 4;

// READ comes after what computes addresses, so that everything can be an address.
Machine walking_machine(Random& random) {
  std::vector<std::string_view> modules = {"ZERO", "ONE", "TWO", "INC", "DEC", "SUB",
                                           "READ", "ADD", "EQ",  "LT",  "MIN", "MAX"};
  // WRITE before READ now and then: an iteration may read what it has just written.
  modules.insert(modules.begin() + (random() % 4 == 0 ? 5 : 12), "WRITE");
  // Strides, bounds, and what wraps round.
  static constexpr std::array<std::string_view, 6> constants = {
      "CONST(3)",   "CONST(5)",          "CONST(9)",
      "CONST(100)", "CONST(4294967301)", "CONST(9223372036854775807)"};
  if (random() % 3 == 0) {
    const std::size_t first = random() % constants.size();
    modules.insert(modules.begin(), constants[first]);
    modules.insert(modules.begin() + 1, constants[(first + 1 + random() % 4) % constants.size()]);
  }
  return Machine::standard(walking_registers, modules);
}

Source walking_source(const Machine& machine, std::string_view name) {
  return *machine.find_source(name);
}

unsigned walking_module(const Machine& machine, std::string_view name) {
  return walking_source(machine, name) - machine.registers();
}

// A circuit whose registers walk, count, are reductions or are read anew; rarely anything else.
Circuit walking_circuit(const Machine& machine, Random& random) {
  Circuit circuit = blank_circuit(machine);
  const auto any_register = [&] { return static_cast<Source>(random() % walking_registers); };
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    const Module& module = machine.modules()[q];
    for (unsigned position = 0; position < module.arity; ++position) {
      const bool is_register = module.arity == 1 ? random() % 6 != 0 : random() % 2 == 0;
      circuit.arguments[machine.first_argument(q) + position] =
          is_register ? any_register()
                      : static_cast<Source>(random() % machine.argument_candidates(q));
    }
  }
  static constexpr std::array<std::string_view, 8> own = {"INC", "DEC", "ADD", "SUB",
                                                          "MIN", "MAX", "INC", "ADD"};
  for (unsigned r = 0; r < walking_registers; ++r) {
    const unsigned kind = static_cast<unsigned>(random() % 10);
    if (kind < 5) {  // this module works on this register
      const std::string_view name = own[random() % own.size()];
      circuit.arguments[machine.first_argument(walking_module(machine, name))] =
          static_cast<Source>(r);
      circuit.registers[r] = walking_source(machine, name);
    } else if (kind < 7) {
      circuit.registers[r] = walking_source(machine, "READ");
    } else if (kind < 8) {
      circuit.registers[r] = static_cast<Source>(random() % machine.register_candidates());
    }
  }
  return circuit;
}

}  // namespace

Program walking_program(Random& random) {
  const Machine machine = walking_machine(random);
  std::vector<Circuit> circuits;
  std::vector<Rule> rules;
  static constexpr std::array<std::string_view, 3> places = {"ZERO", "ONE", "TWO"};
  for (std::uint32_t k = 0; k < places.size(); ++k) {
    // Overwritten: what is loaded is not there any more.
    circuits.push_back(CircuitBuilder(machine)
                           .set("READ", {places[k]})
                           .set("WRITE", {places[k], random() % 2 == 0 ? "r0" : "TWO"})
                           .set_register(machine.source_name(static_cast<Source>(k)), "READ")
                           .build());
    rules.push_back({k, 0, 0, {k, k + 1, false}});
  }
  const std::uint32_t steps = 1 + random() % 2;
  for (std::uint32_t t = 0; t < steps; ++t) {
    const auto circuit = static_cast<std::uint32_t>(circuits.size());
    const std::uint32_t state = 3 + t;
    const std::uint32_t next = t + 1 < steps ? state + 1 : 3;
    circuits.push_back(walking_circuit(machine, random));
    if (random() % 2 == 0) {
      const auto flag = std::uint32_t{1} << (random() % walking_registers);
      rules.push_back({state, flag, random() % 8 == 0 ? 0 : flag, {circuit, next, true}});
    }
    if (random() % 3 == 0) {
      circuits.push_back(walking_circuit(machine, random));
      const auto flag = std::uint32_t{1} << (random() % walking_registers);
      rules.push_back({state, flag, random() % 4 == 0 ? 0 : flag, {circuit + 1, next, false}});
    }
    rules.push_back({state, 0, 0, {circuit, next, false}});
  }
  try {
    return {machine, circuits, rules};
  } catch (const Error&) {  // a rule hides another
    return walking_program(random);
  }
}

}  // namespace nram::test
