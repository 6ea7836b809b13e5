#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <string>

#include <support/program_text.hpp>

namespace nram::test {
namespace {

[[noreturn]] void reject(std::string_view text) {
  throw std::invalid_argument("cannot understand '" + std::string(text) + "'");
}

Source source_named(const Machine& machine, std::string_view name) {
  const auto source = machine.find_source(name);
  if (!source) {
    reject(name);
  }
  return *source;
}

std::vector<std::string> words_of(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) {
    words.push_back(word);
  }
  return words;
}

// "NAME(a)" or "NAME(a,b)".
void set_arguments(const Machine& machine, Circuit& circuit, std::string_view word) {
  const std::size_t open = word.find('(');
  if (open == std::string_view::npos || word.back() != ')') {
    reject(word);
  }
  const unsigned q = source_named(machine, word.substr(0, open)) - machine.registers();
  std::string_view rest = word.substr(open + 1, word.size() - open - 2);
  for (unsigned position = 0; position < machine.modules()[q].arity; ++position) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    circuit.arguments[machine.first_argument(q) + position] =
        source_named(machine, rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  if (!rest.empty()) {
    reject(word);
  }
}

void set_condition(const Machine& machine, Rule& rule, std::string_view word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos || word.substr(equals + 1) != "0") {
    reject(word);
  }
  const bool zero = word[equals - 1] != '!';
  const std::uint32_t flag =
      1U << source_named(machine, word.substr(0, zero ? equals : equals - 1));
  rule.care |= flag;
  rule.value |= zero ? flag : 0;
}

}  // namespace

Circuit circuit_from_text(const Machine& machine, std::string_view text) {
  Circuit circuit = blank_circuit(machine);
  for (const std::string& word : words_of(text)) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) {
      set_arguments(machine, circuit, word);
    } else {
      circuit.registers[source_named(machine, word.substr(0, equals))] =
          source_named(machine, word.substr(equals + 1));
    }
  }
  return circuit;
}

Machine machine_of(unsigned registers, std::initializer_list<std::string_view> names) {
  const ModuleTable table = ModuleTable::standard();
  std::vector<Module> modules;
  for (const std::string_view name : names) {
    modules.push_back(*table.find(name));
  }
  return {registers, modules};
}

Program program_from_text(const Machine& machine, std::initializer_list<TextRule> rules) {
  std::vector<Circuit> circuits;
  std::vector<Rule> parsed;
  for (const TextRule& text : rules) {
    Rule rule;
    rule.state = text.state;
    for (const std::string& word : words_of(text.condition)) {
      set_condition(machine, rule, word);
    }
    const Circuit circuit = circuit_from_text(machine, text.circuit);
    const auto known = std::find(circuits.begin(), circuits.end(), circuit);
    rule.transition = {static_cast<std::uint32_t>(known - circuits.begin()), text.next_state,
                       text.finish};
    if (known == circuits.end()) {
      circuits.push_back(circuit);
    }
    parsed.push_back(rule);
  }
  return {machine, std::move(circuits), std::move(parsed)};
}

}  // namespace nram::test
