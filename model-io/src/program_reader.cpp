#include "content_kind.hpp"
#include "input_file.hpp"
#include "json_field.hpp"

#include <map>
#include <utility>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/program_file.hpp>

namespace nram {
namespace {

// A program nests four levels deep: circuits[i].arguments.ADD[j].
constexpr std::size_t program_depth = 8;

Order order_of(const JsonField& root) {
  if (!root.has("order")) {
    return Order::unsigned_numbers;
  }
  const JsonField field = root.member("order");
  const std::optional<Order> order = order_named(field.text());
  if (!order) {
    field.fail(fmt::format(R"(must be "unsigned" or "signed", not "{}")", field.text()));
  }
  return *order;
}

// All are texts, but for the number of steps, which people write as one.
std::map<std::string, std::string> metadata_of(const JsonField& root, const std::string& name) {
  std::map<std::string, std::string> metadata;
  if (!root.has("metadata")) {
    return metadata;
  }
  for (const auto& [key, value] : root.member("metadata").members()) {
    metadata.emplace(key, key == "steps" && !value.is_text()
                              ? std::to_string(value.number(1, UINT64_MAX))
                              : value.text());
  }
  try {
    static_cast<void>(meaning_of(metadata));
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("{}: {}", name, error.what()));
  }
  return metadata;
}

Machine machine_of(const JsonField& root, const ModuleTable& table) {
  const auto registers =
      static_cast<unsigned>(root.member("registers").number(1, Machine::max_registers));
  std::vector<Module> modules;
  for (const JsonField& field : root.member("modules").elements()) {
    const std::string& name = field.text();
    try {
      modules.push_back(table.at(name));
    } catch (const Error& error) {
      field.fail(error.what());
    }
  }
  const Order order = order_of(root);
  try {
    return {registers, std::move(modules), order};
  } catch (const Error& error) {
    root.member("modules").fail(error.what());
  }
}

// `candidates`: how many sources may be used here.
Source read_source(const Machine& machine, const JsonField& field, unsigned candidates) {
  const std::optional<Source> source = machine.find_source(field.text());
  if (!source) {
    field.fail(
        fmt::format("there is no source \"{}\"; sources are r0 to r{} and the modules of "
                    "the machine",
                    field.text(), machine.registers() - 1));
  }
  if (*source >= candidates) {
    field.fail(
        fmt::format("{} has not run yet at this point; use a register or a module that "
                    "comes earlier in \"modules\"",
                    field.text()));
  }
  return *source;
}

// What a file does not say: an argument is r0, which is only right where it does not matter.
void read_arguments(const Machine& machine, const JsonField& field, Circuit& circuit,
                    std::vector<bool>& given) {
  for (const auto& [name, list] : field.members()) {
    const std::optional<Source> output = machine.find_source(name);
    if (!output || machine.is_register(*output)) {
      list.fail(fmt::format("the machine has no module \"{}\"", name));
    }
    const unsigned q = *output - machine.registers();
    const Module& module = machine.modules()[q];
    const std::vector<JsonField> sources = list.elements();
    if (sources.size() != module.arity) {
      list.fail(fmt::format("{} takes {} argument(s), not {}", name, module.arity, sources.size()));
    }
    for (unsigned position = 0; position < module.arity; ++position) {
      circuit.arguments[machine.first_argument(q) + position] =
          read_source(machine, sources[position], machine.argument_candidates(q));
    }
    given[q] = true;
  }
}

void read_registers(const Machine& machine, const JsonField& field, Circuit& circuit) {
  for (const auto& [name, source] : field.members()) {
    const std::optional<Source> target = machine.find_source(name);
    if (!target || !machine.is_register(*target)) {
      source.fail(fmt::format("there is no register \"{}\"; the machine has r0 to r{}", name,
                              machine.registers() - 1));
    }
    circuit.registers[*target] = read_source(machine, source, machine.register_candidates());
  }
}

Circuit read_circuit(const Machine& machine, const JsonField& field) {
  Circuit circuit = blank_circuit(machine);
  std::vector<bool> given(machine.modules().size(), false);
  if (field.has("arguments")) {
    read_arguments(machine, field.member("arguments"), circuit, given);
  }
  if (field.has("registers")) {
    read_registers(machine, field.member("registers"), circuit);
  }
  const std::vector<bool> live = live_modules(machine, circuit);
  for (std::size_t q = 0; q < live.size(); ++q) {
    const Module& module = machine.modules()[q];
    if (live[q] && !given[q] && module.arity > 0) {
      field.fail(fmt::format(
          "\"arguments\" does not say what {} gets, but {}", module.name,
          module.opcode == Opcode::write ? "it runs in every step" : "its output is used"));
    }
  }
  return circuit;
}

std::string circuit_name(const JsonField& field, std::size_t index) {
  return field.has("name") ? field.member("name").text() : fmt::format("c{}", index);
}

std::vector<Circuit> read_circuits(const Machine& machine, const JsonField& field,
                                   std::map<std::string, std::uint32_t>& index_of) {
  const std::vector<JsonField> elements = field.elements();
  if (elements.empty() || elements.size() > Program::max_circuits) {
    field.fail(fmt::format("a program has 1 to {} circuits, not {}", Program::max_circuits,
                           elements.size()));
  }
  std::vector<Circuit> circuits;
  circuits.reserve(elements.size());
  for (const JsonField& element : elements) {
    element.require_keys({}, {"name", "arguments", "registers"});
    const auto index = static_cast<std::uint32_t>(circuits.size());
    const std::string name = circuit_name(element, index);
    const auto [earlier, is_new] = index_of.emplace(name, index);
    if (!is_new) {
      element.fail(
          fmt::format("the name \"{}\" is also that of circuits[{}]", name, earlier->second));
    }
    circuits.push_back(read_circuit(machine, element));
  }
  return circuits;
}

void read_condition(const Machine& machine, const JsonField& field, Rule& rule) {
  for (const auto& [name, condition] : field.members()) {
    const std::optional<Source> target = machine.find_source(name);
    if (!target || !machine.is_register(*target)) {
      condition.fail(fmt::format("there is no register \"{}\"; the machine has r0 to r{}", name,
                                 machine.registers() - 1));
    }
    const std::uint32_t bit = 1U << *target;
    rule.care |= bit;
    if (condition.text() == "zero") {
      rule.value |= bit;
    } else if (condition.text() != "nonzero") {
      condition.fail(fmt::format(R"(must be "zero" or "nonzero", not "{}")", condition.text()));
    }
  }
}

std::uint32_t read_circuit_reference(const JsonField& field,
                                     const std::map<std::string, std::uint32_t>& index_of) {
  if (!field.is_text()) {
    return static_cast<std::uint32_t>(field.number(0, index_of.size() - 1));
  }
  const auto found = index_of.find(field.text());
  if (found == index_of.end()) {
    field.fail(fmt::format("there is no circuit \"{}\"", field.text()));
  }
  return found->second;
}

Rule read_rule(const Machine& machine, const JsonField& field,
               const std::map<std::string, std::uint32_t>& index_of) {
  field.require_keys({"circuit"}, {"state", "when", "finish", "next"});
  const auto state_at = [&](std::string_view key, std::uint32_t otherwise) {
    return field.has(key)
               ? static_cast<std::uint32_t>(field.member(key).number(0, Program::max_states - 1))
               : otherwise;
  };
  Rule rule;
  rule.state = state_at("state", 0);
  if (field.has("when")) {
    read_condition(machine, field.member("when"), rule);
  }
  rule.transition.circuit = read_circuit_reference(field.member("circuit"), index_of);
  rule.transition.finish = field.has("finish") && field.member("finish").boolean();
  rule.transition.next_state = state_at("next", rule.state);
  return rule;
}

}  // namespace

Program parse_program(std::string_view text, const std::string& name, const ModuleTable& table) {
  const Json document = parse_json(text, name, program_depth);
  const JsonField root(name, document);
  // Asked first: the other complaints make no sense for something that is not a program at all.
  if (!document.is_object() || !root.has("format")) {
    root.fail(R"(not a program: it must be a JSON object with "format": "nram-program")");
  }
  if (root.member("format").text() != "nram-program") {
    root.member("format").fail("not a program: must be \"nram-program\"");
  }
  root.require_keys({"format", "version", "registers", "modules", "circuits", "controller"},
                    {"$schema", "order", "metadata"});
  if (root.member("version").number(0, UINT32_MAX) != 1) {
    root.member("version").fail("this version of the format is not known; known is 1");
  }
  if (root.has("$schema")) {
    // For editors; Program has no place for it.
    static_cast<void>(root.member("$schema").text());
  }
  Machine machine = machine_of(root, table);
  std::map<std::string, std::uint32_t> index_of;
  std::vector<Circuit> circuits = read_circuits(machine, root.member("circuits"), index_of);
  std::vector<Rule> rules;
  for (const JsonField& field : root.member("controller").elements()) {
    rules.push_back(read_rule(machine, field, index_of));
  }
  std::map<std::string, std::string> metadata = metadata_of(root, name);
  try {
    return {std::move(machine), std::move(circuits), std::move(rules), std::move(metadata)};
  } catch (const Error& error) {
    // Rule i of the message is controller[i] of the file, circuit i is circuits[i].
    root.member("controller").fail(error.what());
  }
}

Program read_program(const std::string& path, const ModuleTable& table) {
  InputFile file(path);
  require_content(file, {ContentKind::program}, "a program (.json)");
  const std::string text = file.read_all(max_program_bytes, "a program file");
  return parse_program(text, file.name(), table);
}

}  // namespace nram
