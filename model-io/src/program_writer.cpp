// The hand-formatted layout of program files.

#include "json_text.hpp"

#include <fmt/format.h>

#include <nram/model-io/atomic_file.hpp>
#include <nram/model-io/program_file.hpp>

namespace nram {
namespace {

constexpr std::size_t max_columns = 100;

// `open` item, item, ... `close`: on one line if it fits, otherwise over several lines with the
// items indented by two more than `indent`.
std::string flow(std::size_t indent, std::string_view prefix, char open,
                 const std::vector<std::string>& items, char close) {
  std::string one_line = fmt::format("{:{}}{}{}", "", indent, prefix, open);
  for (std::size_t i = 0; i < items.size(); ++i) {
    one_line += (i == 0 ? "" : ", ") + items[i];
  }
  one_line += close;
  if (one_line.size() < max_columns) {  // one column is for the comma behind it
    return one_line;
  }
  std::string text = fmt::format("{:{}}{}{}", "", indent, prefix, open);
  std::size_t column = max_columns;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) {
      text += ',';
    }
    if (column + items[i].size() + 2 > max_columns) {
      text += fmt::format("\n{:{}}", "", indent + 2);
      column = indent + 2;
    } else {
      text += ' ';
      ++column;
    }
    text += items[i];
    column += items[i].size() + 1;
  }
  return text + fmt::format("\n{:{}}{}", "", indent, close);
}

std::string modules_text(const Machine& machine) {
  std::vector<std::string> names;
  for (const Module& module : machine.modules()) {
    names.push_back(quoted(module.name));
  }
  return flow(2, "\"modules\": ", '[', names, ']');
}

std::string circuit_text(const Machine& machine, const Circuit& circuit, std::size_t index) {
  std::vector<std::string> arguments;
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    const Module& module = machine.modules()[q];
    std::string sources;
    for (unsigned position = 0; position < module.arity; ++position) {
      const Source source = circuit.arguments[machine.first_argument(q) + position];
      sources += fmt::format("{}\"{}\"", position == 0 ? "" : ", ", machine.source_name(source));
    }
    if (module.arity > 0) {
      arguments.push_back(fmt::format("\"{}\": [{}]", module.name, sources));
    }
  }
  std::vector<std::string> registers;
  for (unsigned r = 0; r < machine.registers(); ++r) {
    registers.push_back(
        fmt::format(R"("r{}": "{}")", r, machine.source_name(circuit.registers[r])));
  }
  return fmt::format("    {{\n      \"name\": \"c{}\",\n{},\n{}\n    }}", index,
                     flow(6, "\"arguments\": ", '{', arguments, '}'),
                     flow(6, "\"registers\": ", '{', registers, '}'));
}

std::string rule_text(const Program& program, const Rule& rule) {
  std::string text = "    {";
  const bool one_state = program.states() == 1;
  if (!one_state) {
    text += fmt::format("\"state\": {}, ", rule.state);
  }
  if (rule.care != 0) {
    std::string conditions;
    for (unsigned r = 0; r < program.machine().registers(); ++r) {
      if (((rule.care >> r) & 1U) != 0) {
        conditions += fmt::format(R"({}"r{}": "{}")", conditions.empty() ? "" : ", ", r,
                                  ((rule.value >> r) & 1U) != 0 ? "zero" : "nonzero");
      }
    }
    text += fmt::format("\"when\": {{{}}}, ", conditions);
  }
  text += fmt::format(R"("circuit": "c{}")", rule.transition.circuit);
  if (rule.transition.finish) {
    text += ", \"finish\": true";
  }
  if (!one_state) {
    text += fmt::format(", \"next\": {}", rule.transition.next_state);
  }
  return text + "}";
}

// "key": [ item, item ], each item on lines of its own.
template <typename Item>
std::string block(std::string_view key, std::size_t count, Item item) {
  std::string text = fmt::format("  \"{}\": [\n", key);
  for (std::size_t i = 0; i < count; ++i) {
    text += item(i) + (i + 1 < count ? ",\n" : "\n");
  }
  return text + "  ]";
}

std::string metadata_text(const Program& program) {
  std::string text;
  for (const auto& [key, value] : program.metadata()) {
    text += fmt::format("{}    {}: {}", text.empty() ? "" : ",\n", quoted(key), quoted(value));
  }
  return fmt::format("  \"metadata\": {{\n{}\n  }}", text);
}

}  // namespace

std::string program_text(const Program& program) {
  const Machine& machine = program.machine();
  std::string text = fmt::format(
      "{{\n  \"format\": \"nram-program\",\n  \"version\": 1,\n  \"registers\": {},\n{},\n",
      machine.registers(), modules_text(machine));
  if (machine.order() != Order::unsigned_numbers) {
    text += fmt::format("  \"order\": {},\n", quoted(std::string(name_of(machine.order()))));
  }
  text += block("circuits", program.circuits().size(),
                [&](std::size_t c) { return circuit_text(machine, program.circuits()[c], c); });
  text += ",\n";
  text += block("controller", program.rules().size(),
                [&](std::size_t i) { return rule_text(program, program.rules()[i]); });
  if (!program.metadata().empty()) {
    text += ",\n" + metadata_text(program);
  }
  return text + "\n}\n";
}

void write_program(const Program& program, const std::string& path) {
  write_file(path, program_text(program));
}

}  // namespace nram
