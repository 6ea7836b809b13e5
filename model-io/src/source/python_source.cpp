#include "source/step_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nram/engine/error.hpp>

namespace nram {
namespace {

std::string python_value(const Module& module, const std::string& a, const std::string& b) {
  const auto truth = [](const std::string& condition) {
    return fmt::format("int({}) % m", condition);
  };
  const auto place = [](const std::string& value) { return fmt::format("({} + half) % m", value); };
  switch (module.opcode) {
    case Opcode::zero:
      return "0";
    case Opcode::one:
      return "(1 % m)";
    case Opcode::two:
      return "(2 % m)";
    case Opcode::constant:
      return fmt::format("({} % m)", module.constant);
    case Opcode::inc:
      return fmt::format("({} + 1) % m", a);
    case Opcode::dec:
      return fmt::format("({} - 1) % m", a);
    case Opcode::add:
      return fmt::format("({} + {}) % m", a, b);
    case Opcode::sub:
      return fmt::format("({} - {}) % m", a, b);
    case Opcode::eq:
      return truth(a + " == " + b);
    case Opcode::lt:
      return truth(a + " < " + b);
    case Opcode::le:
      return truth(a + " <= " + b);
    case Opcode::min:
      return fmt::format("min({}, {})", a, b);
    case Opcode::max:
      return fmt::format("max({}, {})", a, b);
    case Opcode::signed_lt:
      return truth(place(a) + " < " + place(b));
    case Opcode::signed_le:
      return truth(place(a) + " <= " + place(b));
    case Opcode::signed_min:
      return fmt::format("{} if {} <= {} else {}", a, place(a), place(b), b);
    case Opcode::signed_max:
      return fmt::format("{} if {} >= {} else {}", a, place(a), place(b), b);
    default:
      throw Error(ErrorKind::usage, "no source for module " + module.name);
  }
}

source::Language python_language(bool is_signed) {
  source::Language language;
  language.value = python_value;
  language.number = [](Word value) { return fmt::format("{}", value); };  // 0, of a WRITE
  const auto equals = [](const std::string& name, const std::string& value) {
    return fmt::format("{} = {}", name, value);
  };
  language.define = equals;
  language.assign = equals;
  language.check = [](const std::string& address, unsigned module) {
    return std::vector{fmt::format("if {} >= size:", address),
                       fmt::format("    fault = ({}, {})", module, address),
                       std::string("    break")};
  };
  language.load = [](const std::string& address) {
    return fmt::format("int(cells[{}]) % m", address);
  };
  language.store = [is_signed](const std::string& address, const std::string& value) {
    return is_signed
               ? fmt::format("cells[{0}] = {1} if {1} < m - half else {1} - m", address, value)
               : fmt::format("cells[{}] = {}", address, value);
  };
  return language;
}

std::string modulus_text(const ModulusRule& rule) {
  if (rule.is_cells()) {
    return "size";
  }
  if (rule == ModulusRule::word()) {
    return "1 << (8 * getattr(cells, \"itemsize\", 8))";
  }
  const Modulus modulus = rule.modulus_for(1, CellType::u64);
  return modulus.value() == 0 ? std::string("1 << 64") : fmt::format("{}", modulus.value());
}

std::string modulus_words(const ModulusRule& rule) {
  return rule.is_cells()               ? "the number of cells"
         : rule == ModulusRule::word() ? "2^64, or 2^32 where cells.itemsize is 4"
                                       : rule.modulus_for(1, CellType::u64).to_string();
}

std::string rule_lines(const Program& program, const Rule& rule, const source::Language& language,
                       const std::string& indent) {
  std::string text;
  for (const std::string& line : source::step_lines(
           program.machine(), program.circuits()[rule.transition.circuit], language)) {
    text += indent + line + "\n";
  }
  text += indent + "steps += 1\n";
  if (program.states() > 1) {
    text += fmt::format("{}state = {}\n", indent, rule.transition.next_state);
  }
  if (rule.transition.finish) {
    text += fmt::format("{0}outcome = \"finished\"\n{0}break\n", indent);
  }
  return text;
}

std::string state_lines(const Program& program, std::uint32_t state,
                        const source::Language& language, const std::string& indent) {
  const std::vector<Rule> rules = source::rules_of(program, state);
  if (rules.size() == 1) {
    return rule_lines(program, rules.front(), language, indent);
  }
  std::string text;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    // Together they leave no case out: the last one needs no condition.
    text += i + 1 == rules.size()
                ? fmt::format("{}else:  # {}\n", indent,
                              source::plain_condition(program.machine(), rules[i]))
                : fmt::format("{}{} {}:\n", indent, i == 0 ? "if" : "elif",
                              source::tested_condition(program.machine(), rules[i], " and "));
    text += rule_lines(program, rules[i], language, indent + "    ");
  }
  return text;
}

std::string opening(const Program& program, const SourceOptions& options, const ModulusRule& rule) {
  std::string text = fmt::format(
      "# {0}: a program of nram, as Python 3.\n"
      "#\n"
      "# {0}(cells, step_limit) runs it on cells: a list, a NumPy array of integers or whatever "
      "else\n"
      "# has a length and whole numbers, which it changes in place. Arithmetic is modulo {1}.\n",
      options.name, modulus_words(rule));
  if (program.machine().order() == Order::signed_numbers) {
    text += "# Cells are signed numbers.\n";
  }
  if (program.meaning().steps) {
    text += fmt::format("# It ends, finished, after {} steps, if not before.\n",
                        *program.meaning().steps);
  }
  return text + "#\n" + source::listing_comment(program, "#  ") +
         "\nfrom collections import namedtuple\n\n"
         "# outcome: \"finished\", \"step limit\" or \"address fault\"; fault: the index of the "
         "READ "
         "or WRITE\n"
         "# in the program and the address, or None; the others are after the last completed "
         "step.\n"
         "Run = namedtuple(\"Run\", [\"outcome\", \"steps\", \"registers\", \"state\", "
         "\"fault\"])\n\n\n";
}

}  // namespace

std::string python_source(const Program& program, const SourceOptions& options) {
  source::require_source(program, options.name);
  const ModulusRule rule = options.modulus.value_or(ModulusRule::of(program.meaning()));
  const source::Language language =
      python_language(program.machine().order() == Order::signed_numbers);
  std::vector<std::string> registers;
  for (unsigned r = 0; r < program.machine().registers(); ++r) {
    registers.push_back(fmt::format("r{}", r));
  }
  std::string text = opening(program, options, rule);
  text += fmt::format(
      "def {}(cells, step_limit=1 << 64):\n"
      "    size = len(cells)\n"
      "    m = {}\n"
      "{}"
      "    steps = state = 0\n"
      "    {} = 0\n"
      "    fault = None\n"
      "    outcome = \"step limit\"\n",
      options.name, modulus_text(rule),
      program.machine().order() == Order::signed_numbers ? "    half = m // 2\n" : "",
      fmt::join(registers, " = "));
  if (program.meaning().steps) {
    text += fmt::format(
        "    if step_limit >= {0}:\n"
        "        step_limit = {0}\n"
        "        outcome = \"finished\"\n",
        *program.meaning().steps);
  }
  text += "    while steps < step_limit:\n";
  if (program.states() == 1) {
    text += state_lines(program, 0, language, "        ");
  } else {
    bool first = true;
    for (const std::uint32_t state : source::reachable_states(program)) {
      text += fmt::format("        {} state == {}:\n", first ? "if" : "elif", state);
      text += state_lines(program, state, language, "            ");
      first = false;
    }
  }
  text += fmt::format(
      "    if fault is not None:\n"
      "        outcome = \"address fault\"\n"
      "    return Run(outcome, steps, [{}], state, fault)\n",
      fmt::join(registers, ", "));
  return text;
}

}  // namespace nram
