#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <support/program_text.hpp>

#include <nram/engine/error.hpp>
#include <nram/engine/program_builder.hpp>

namespace nram::test {
namespace {

// "NAME(a)" or "NAME(a,b)".
void set_arguments(CircuitBuilder& circuit, std::string_view word) {
  const std::size_t open = word.find('(');
  if (open == std::string_view::npos || word.back() != ')') {
    throw Error(ErrorKind::data, fmt::format("cannot understand '{}'", word));
  }
  std::string_view rest = word.substr(open + 1, word.size() - open - 2);
  std::vector<std::string_view> sources;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    sources.push_back(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  circuit.set(word.substr(0, open), sources);
}

void describe(CircuitBuilder& circuit, std::string_view text) {
  std::istringstream stream{std::string(text)};
  for (std::string word; stream >> word;) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) {
      set_arguments(circuit, word);
    } else {
      circuit.set_register(word.substr(0, equals), word.substr(equals + 1));
    }
  }
}

}  // namespace

Circuit circuit_from_text(const Machine& machine, std::string_view text) {
  CircuitBuilder circuit(machine, std::string(text));
  describe(circuit, text);
  return circuit.build();
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
  ProgramBuilder builder(machine);
  std::set<std::string_view> known;
  for (const TextRule& text : rules) {
    RuleBuilder& rule = builder.rule(fmt::format("state {} {}", text.state, text.condition));
    rule.next_state(text.next_state);
    if (text.finish) {
      rule.finish();
    }
    if (text.circuit.empty()) {
      continue;  // an idle step
    }
    rule.run(text.circuit);
    if (known.insert(text.circuit).second) {
      describe(builder.circuit(text.circuit), text.circuit);
    }
  }
  return builder.build();
}

}  // namespace nram::test
