// The soft machine with saturated selectors on certain values is the hard machine: after every step
// it agrees with the reference interpreter on random programs.

#include "soft_support.hpp"

#include <algorithm>
#include <bit>
#include <vector>

#include <doctest/doctest.h>

#include <nram/engine/executor.hpp>

namespace nram {
namespace {

struct RandomProgram {
  std::vector<Circuit> circuits;        // by zero-mask
  std::vector<Transition> transitions;  // by zero-mask
};

RandomProgram random_program(const Machine& machine, Random& random) {
  RandomProgram program;
  for (std::uint32_t mask = 0; mask < machine.masks(); ++mask) {
    Circuit circuit;
    for (unsigned q = 0; q < machine.modules().size(); ++q) {
      for (unsigned i = 0; i < machine.modules()[q].arity; ++i) {
        circuit.arguments.push_back(
            static_cast<Source>(random.below(machine.argument_candidates(q))));
      }
    }
    for (unsigned r = 0; r < machine.registers(); ++r) {
      circuit.registers.push_back(static_cast<Source>(random.below(machine.register_candidates())));
    }
    program.circuits.push_back(circuit);
    program.transitions.push_back({mask, 0, random.chance(0.3)});
  }
  return program;
}

// One hidden unit for each mask: relu(1 - number of registers that disagree with it) is 1 for the
// mask at hand and 0 for all others. The logits are then `sure` for what the table says.
std::vector<float> parameters_of(const Machine& machine, const RandomProgram& program) {
  constexpr float sure = 200.0F;
  const unsigned masks = machine.masks();
  const SelectorLayout layout(machine);
  std::vector<float> parameters;
  for (std::uint32_t mask = 0; mask < masks; ++mask) {
    for (unsigned r = 0; r < machine.registers(); ++r) {
      parameters.push_back((mask >> r & 1U) != 0 ? 1.0F : -1.0F);
    }
  }
  for (std::uint32_t mask = 0; mask < masks; ++mask) {
    parameters.push_back(1.0F - static_cast<float>(std::popcount(mask)));
  }
  std::vector<float> weight(std::size_t{layout.outputs} * masks);
  for (std::uint32_t mask = 0; mask < masks; ++mask) {
    const auto choose = [&](const Selector& selector, Source source) {
      weight[std::size_t{selector.first + source} * masks + mask] = sure;
    };
    for (std::size_t a = 0; a < layout.arguments.size(); ++a) {
      choose(layout.arguments[a], program.circuits[mask].arguments[a]);
    }
    for (std::size_t r = 0; r < layout.registers.size(); ++r) {
      choose(layout.registers[r], program.circuits[mask].registers[r]);
    }
    weight[std::size_t{layout.finish} * masks + mask] =
        program.transitions[mask].finish ? sure : -sure;
  }
  parameters.insert(parameters.end(), weight.begin(), weight.end());
  parameters.resize(parameters.size() + layout.outputs);  // no bias
  return parameters;
}

std::uint32_t zero_mask(const std::vector<unsigned>& registers) {
  std::uint32_t mask = 0;
  for (std::size_t r = 0; r < registers.size(); ++r) {
    mask |= (registers[r] == 0 ? 1U : 0U) << r;
  }
  return mask;
}

void compare(const Machine& machine, unsigned modulus, Random& random) {
  constexpr unsigned steps = 8;
  const RandomProgram program = random_program(machine, random);
  const SoftMachine soft(machine, {ControllerKind::feed_forward, {machine.masks()}});
  const unsigned lane = static_cast<unsigned>(random.below(LaneGroup::lanes));
  const LaneGroup group = soft_test::random_group(modulus, steps, machine.registers(), 16, random);
  SoftWorkspace workspace;
  const auto trace = soft.trace(parameters_of(machine, program), group, lane, workspace);

  // The soft machine runs all steps whatever f_t says: so does this program.
  std::vector<Transition> endless = program.transitions;
  for (Transition& transition : endless) {
    transition.finish = false;
  }
  const auto reference = make_executor(
      Engine::reference, Program(machine, program.circuits, rules_from_table(machine, endless)));
  const auto lane_values = [&](const std::vector<std::uint16_t>& values) {
    std::vector<unsigned> of_lane;
    for (std::size_t at = lane; at < values.size(); at += LaneGroup::lanes) {
      of_lane.push_back(values[at]);
    }
    return of_lane;
  };
  std::vector<unsigned> registers = lane_values(group.initial_registers);
  const std::vector<unsigned> initial_memory = lane_values(group.initial_memory);
  RunOptions options;
  options.modulus = Modulus::of(modulus);
  options.registers.assign(registers.begin(), registers.end());
  double alive = 1.0;
  for (unsigned t = 0; t < steps; ++t) {
    CAPTURE(t);
    const std::uint32_t mask = zero_mask(registers);
    REQUIRE(trace[t].circuit == program.circuits[mask]);
    const double finish = program.transitions[mask].finish ? 1.0 : 0.0;
    REQUIRE(trace[t].finish == doctest::Approx(finish));
    REQUIRE(trace[t].share == doctest::Approx(t + 1 < steps ? alive * finish : alive));
    alive *= 1.0 - finish;

    std::vector<std::uint32_t> memory(initial_memory.begin(), initial_memory.end());
    options.step_limit = t + 1;
    const RunResult run = reference->run(MemoryView(std::span(memory)), options);
    REQUIRE(run.steps == t + 1);
    registers.assign(run.registers.begin(), run.registers.end());
    REQUIRE(SoftStep::most_probable(trace[t].registers, modulus) == registers);
    REQUIRE(SoftStep::most_probable(trace[t].memory, modulus) ==
            std::vector<unsigned>(memory.begin(), memory.end()));
    // Certain, not just probable.
    const auto sure = [](float p) { return p == 0.0F || p == 1.0F; };
    REQUIRE(std::all_of(trace[t].registers.begin(), trace[t].registers.end(), sure));
    REQUIRE(std::all_of(trace[t].memory.begin(), trace[t].memory.end(), sure));
  }
}

TEST_CASE("a saturated soft machine is the reference interpreter") {
  Random random(11);
  for (const unsigned modulus : {2U, 3U, 4U, 7U, 12U, 21U}) {
    CAPTURE(modulus);
    for (const unsigned registers : {1U, 2U, 3U, 5U}) {
      CAPTURE(registers);
      for (int repeat = 0; repeat < 15; ++repeat) {
        compare(Machine::standard(registers), modulus, random);
        compare(Machine::standard(registers, Order::signed_numbers), modulus, random);
      }
    }
  }
}

TEST_CASE("so it is with the modules in any order, some missing, some of the user's own") {
  Random random(12);
  ModuleTable table = ModuleTable::standard();
  table.add({"MUL", Opcode::custom, 2, [](Word a, Word b, Modulus m) { return m.reduce(a * b); },
             "a * b"});
  table.add({"HALF", Opcode::custom, 1, [](Word a, Word, Modulus) { return a / 2; }, "a / 2"});
  for (int repeat = 0; repeat < 150; ++repeat) {
    std::vector<Module> modules(table.modules().begin(), table.modules().end());
    random.shuffle(std::span(modules));
    modules.resize(1 + random.below(modules.size()));
    CAPTURE(repeat);
    compare(Machine(1 + static_cast<unsigned>(random.below(3)), modules),
            2 + static_cast<unsigned>(random.below(9)), random);
  }
}

}  // namespace
}  // namespace nram
