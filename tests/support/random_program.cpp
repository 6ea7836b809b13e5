#include <algorithm>
#include <array>
#include <span>

#include <support/random_program.hpp>

namespace nram::test {
namespace {

using Random = std::mt19937_64;

unsigned below(Random& random, std::size_t bound) {
  return static_cast<unsigned>(random() % bound);
}

bool chance(Random& random, unsigned percent) { return below(random, 100) < percent; }

Word multiply(Word a, Word b, Modulus m) {
  // 128-bit product by doubling, so that it works for every modulus.
  Word product = 0;
  for (; b != 0; b >>= 1U) {
    product = (b & 1U) != 0 ? m.add(product, a) : product;
    a = m.add(a, a);
  }
  return product;
}

// Writes back what is read, as idle learned circuits do.
void make_idle(const Machine& machine, Circuit& circuit, Random& random) {
  const auto& modules = machine.modules();
  const auto find = [&](Opcode opcode) {
    return static_cast<unsigned>(
        std::find_if(modules.begin(), modules.end(),
                     [&](const Module& module) { return module.opcode == opcode; }) -
        modules.begin());
  };
  const unsigned read = find(Opcode::read);
  const unsigned write = find(Opcode::write);
  if (read >= modules.size() || write >= modules.size() || write < read) {
    return;
  }
  const auto r = static_cast<Source>(below(random, machine.registers()));
  circuit.arguments[machine.first_argument(read)] = r;
  circuit.arguments[machine.first_argument(write)] = r;
  if (chance(random, 70)) {
    circuit.arguments[machine.first_argument(write) + 1] = machine.output_of(read);
  }
}

}  // namespace

ModuleTable table_with_custom_modules() {
  ModuleTable table = ModuleTable::standard();
  table.add({"MUL", Opcode::custom, 2, multiply, "a * b"});
  table.add(
      {"FOLD", Opcode::custom, 1, [](Word a, Word, Modulus) { return Word{a / 2}; }, "a / 2"});
  table.add({"SEVEN", Opcode::custom, 0, [](Word, Word, Modulus m) { return m.reduce(7); }, "7"});
  return table;
}

Machine random_machine(const RandomShape& shape, Random& random) {
  const unsigned registers = 1 + below(random, shape.max_registers);
  if (!shape.any_modules) {
    return Machine::standard(registers, shape.order);
  }
  const ModuleTable table = table_with_custom_modules();
  std::vector<Module> modules(table.modules().begin(), table.modules().end());
  if (chance(random, 70)) {
    std::shuffle(modules.begin(), modules.end(), random);
  }
  static constexpr std::array<Word, 8> constants = {
      3, 5, 9, 40, 100, (Word{1} << 31U) + 1, (Word{1} << 32U) + 5, max_constant};
  if (chance(random, 50)) {
    const std::array<Word, 2> numbers = {constants[below(random, constants.size())],
                                         constants[below(random, constants.size())]};
    for (const Word k : std::span(numbers).first(numbers[0] == numbers[1] ? 1 : 2)) {
      modules.insert(modules.begin() + below(random, modules.size() + 1), constant_module(k));
    }
  }
  const unsigned keep = chance(random, 30) ? 1 + below(random, modules.size()) : 100;
  while (modules.size() > keep) {
    modules.erase(modules.begin() + below(random, modules.size()));
  }
  return {registers, modules, shape.order};
}

Circuit random_circuit(const Machine& machine, Random& random) {
  Circuit circuit = blank_circuit(machine);
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    for (unsigned position = 0; position < machine.modules()[q].arity; ++position) {
      circuit.arguments[machine.first_argument(q) + position] =
          static_cast<Source>(below(random, machine.argument_candidates(q)));
    }
  }
  const unsigned keep = 10 + below(random, 60);
  for (Source& source : circuit.registers) {
    if (!chance(random, keep)) {
      source = static_cast<Source>(below(random, machine.register_candidates()));
    }
  }
  if (chance(random, 50)) {
    make_idle(machine, circuit, random);
  }
  return circuit;
}

Program random_program(const RandomShape& shape, Random& random) {
  const Machine machine = random_machine(shape, random);
  std::vector<Circuit> circuits;
  const unsigned circuit_count = 1 + below(random, 6);
  for (unsigned c = 0; c < circuit_count; ++c) {
    circuits.push_back(random_circuit(machine, random));
  }
  const unsigned states = 1 + below(random, shape.max_states);
  std::vector<Transition> table(std::size_t{states} * machine.masks());
  for (Transition& transition : table) {
    transition = {below(random, circuit_count), below(random, states), chance(random, 4)};
  }
  return {machine, std::move(circuits), rules_from_table(machine, table)};
}

std::vector<Word> random_memory(std::size_t cells, Modulus modulus, Random& random) {
  std::vector<Word> memory(cells);
  for (Word& value : memory) {
    const unsigned kind = below(random, 20);
    value = kind < 2    ? 0
            : kind < 5  ? modulus.reduce(below(random, 3))
            : kind < 18 ? below(random, cells)
            : kind < 19 ? modulus.largest() - modulus.reduce(below(random, 3))
                        : modulus.reduce(random());
    value = modulus.contains(value) ? value : 0;
  }
  return memory;
}

}  // namespace nram::test
