#include "trial.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <nram/engine/error.hpp>

namespace nram::test {
namespace {

using Random = std::mt19937_64;

template <typename T>
T& any_of(std::vector<T>& values, Random& random) {
  return values[random() % values.size()];
}

void change_argument(const Machine& machine, Circuit& circuit, Random& random) {
  const auto q = static_cast<unsigned>(random() % machine.modules().size());
  const unsigned arity = machine.modules()[q].arity;
  if (arity != 0) {
    circuit.arguments[machine.first_argument(q) + random() % arity] =
        static_cast<Source>(random() % machine.argument_candidates(q));
  }
}

void change_register(const Machine& machine, Circuit& circuit, Random& random) {
  any_of(circuit.registers, random) = static_cast<Source>(random() % machine.register_candidates());
}

// A register gets what is computed from registers, and a rule becomes two: a copy of it, which need
// not do quite the same, applies where that register is zero (or is not). Loops that count, compare
// and turn off the usual way are made of this.
void split_rule(const Program& program, std::vector<Circuit>& circuits, std::vector<Rule>& rules,
                Random& random) {
  const Machine& machine = program.machine();
  const auto r = static_cast<unsigned>(random() % machine.registers());
  const auto q = static_cast<unsigned>(random() % machine.modules().size());
  Circuit& computing = any_of(circuits, random);
  computing.registers[r] = machine.output_of(q);
  for (unsigned position = 0; position < machine.modules()[q].arity; ++position) {
    computing.arguments[machine.first_argument(q) + position] =
        static_cast<Source>(random() % machine.registers());
  }
  const std::size_t place = random() % rules.size();
  Rule half = rules[place];
  const std::uint32_t flag = std::uint32_t{1} << r;
  half.care |= flag;
  half.value = (half.value & ~flag) | (random() % 3 == 0 ? 0 : flag);
  circuits.push_back(circuits[half.transition.circuit]);
  half.transition.circuit = static_cast<std::uint32_t>(circuits.size() - 1);
  if (random() % 2 == 0) {
    change_argument(machine, circuits.back(), random);
  }
  rules.insert(rules.begin() + static_cast<std::ptrdiff_t>(place), half);
}

void change_rule(const Program& program, std::vector<Circuit>& circuits, Rule& rule,
                 Random& random) {
  switch (random() % 6) {
    case 0:
      rule.transition.circuit = static_cast<std::uint32_t>(random() % circuits.size());
      break;
    case 1:
      rule.transition.next_state = static_cast<std::uint32_t>(random() % program.states());
      break;
    case 2:
      rule.transition.finish = !rule.transition.finish;
      break;
    case 3:
      rule.value = rule.care & static_cast<std::uint32_t>(random());
      break;
    case 4: {
      const std::uint32_t flag = std::uint32_t{1} << (random() % program.machine().registers());
      rule.care ^= flag;
      rule.value = (rule.value | (random() % 2 == 0 ? flag : 0)) & rule.care;
      break;
    }
    default:  // a circuit of its own, as one that was shared
      circuits.push_back(circuits[rule.transition.circuit]);
      rule.transition.circuit = static_cast<std::uint32_t>(circuits.size() - 1);
      change_argument(program.machine(), circuits.back(), random);
      break;
  }
}

// The program on a machine with a constant more, which nothing uses yet.
Program with_constant(const Program& program, Random& random) {
  static constexpr std::array<Word, 6> numbers = {3, 4, 7, 100, (Word{1} << 32U) + 2, max_constant};
  const Machine& machine = program.machine();
  const Module constant = constant_module(numbers[random() % numbers.size()]);
  std::vector<Module> modules = machine.modules();
  if (modules.size() == Machine::max_modules || machine.find_source(constant.name)) {
    return program;
  }
  const std::size_t place = random() % (modules.size() + 1);
  modules.insert(modules.begin() + static_cast<std::ptrdiff_t>(place), constant);
  std::vector<Circuit> circuits = program.circuits();
  const auto move = [&](Source& source) {
    source = static_cast<Source>(source + (source >= machine.registers() + place ? 1 : 0));
  };
  for (Circuit& circuit : circuits) {
    std::for_each(circuit.arguments.begin(), circuit.arguments.end(), move);
    std::for_each(circuit.registers.begin(), circuit.registers.end(), move);
  }
  try {
    return {Machine(machine.registers(), std::move(modules), machine.order()), std::move(circuits),
            program.rules()};
  } catch (const Error&) {  // it has as many constants as a machine may have
    return program;
  }
}

}  // namespace

Program mutated(const Program& original, Random& random) {
  const Program program = random() % 4 == 0 ? with_constant(original, random) : original;
  const Machine& machine = program.machine();
  for (;;) {
    std::vector<Circuit> circuits = program.circuits();
    std::vector<Rule> rules = program.rules();
    for (std::uint64_t changes = 1 + random() % 4; changes != 0; --changes) {
      switch (random() % 6) {
        case 0:
        case 1:
          change_argument(machine, any_of(circuits, random), random);
          break;
        case 2:
          change_register(machine, any_of(circuits, random), random);
          break;
        case 3:
        case 4:
          split_rule(program, circuits, rules, random);
          break;
        default:
          change_rule(program, circuits, any_of(rules, random), random);
          break;
      }
    }
    try {
      return {machine, std::move(circuits), std::move(rules)};
    } catch (const Error&) {
      // A rule hides another, or a case has none: other changes.
    }
  }
}

}  // namespace nram::test
