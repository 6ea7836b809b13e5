#include <algorithm>
#include <span>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/program_builder.hpp>

namespace nram {
namespace {

std::string list_of(std::span<const std::string> names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

// "it takes none", "its only one is address", "its arguments are address, value"
std::string arguments_of(const Module& module) {
  const std::span<const std::string> names = std::span(module.arguments).first(module.arity);
  switch (module.arity) {
    case 0:
      return "it takes none";
    case 1:
      return "its only one is " + names.front();
    default:
      return "its arguments are " + list_of(names);
  }
}

std::string registers_of(const Machine& machine) {
  return machine.registers() == 1 ? "only r0" : fmt::format("r0 to r{}", machine.registers() - 1);
}

// "READ, ZERO, ONE": the modules before module number `count`.
std::string first_modules_of(const Machine& machine, unsigned count) {
  std::string text;
  for (unsigned q = 0; q < count; ++q) {
    text += (q == 0 ? "" : ", ") + machine.modules()[q].name;
  }
  return text;
}

std::string all_modules_of(const Machine& machine) {
  return first_modules_of(machine, static_cast<unsigned>(machine.modules().size()));
}

}  // namespace

CircuitBuilder::CircuitBuilder(Machine machine, std::string name)
    : machine_(std::move(machine)),
      name_(std::move(name)),
      arguments_(machine_.arguments()),
      registers_(blank_circuit(machine_).registers) {}

void CircuitBuilder::reject(const std::string& what) const {
  throw Error(ErrorKind::data,
              name_.empty() ? what : fmt::format("circuit \"{}\": {}", name_, what));
}

unsigned CircuitBuilder::module_named(std::string_view name) const {
  const std::optional<Source> output = machine_.find_source(name);
  if (!output || machine_.is_register(*output)) {
    reject(fmt::format("the machine has no module \"{}\"; its modules are {}", name,
                       all_modules_of(machine_)));
  }
  return *output - machine_.registers();
}

Source CircuitBuilder::source_named(std::string_view name) const {
  const std::optional<Source> source = machine_.find_source(name);
  if (!source) {
    reject(
        fmt::format("there is no source \"{}\"; sources are the registers ({}) and the modules "
                    "of the machine ({})",
                    name, registers_of(machine_), all_modules_of(machine_)));
  }
  return *source;
}

void CircuitBuilder::set_argument(unsigned module, unsigned position, std::string_view source) {
  const Source index = source_named(source);
  if (index >= machine_.argument_candidates(module)) {
    const std::string earlier =
        module == 0 ? "" : fmt::format(" or one of {}", first_modules_of(machine_, module));
    reject(fmt::format("{} has not run yet when {} takes its arguments; use a register{}", source,
                       machine_.modules()[module].name, earlier));
  }
  arguments_[machine_.first_argument(module) + position] = index;
}

CircuitBuilder& CircuitBuilder::set(std::string_view module, std::string_view argument,
                                    std::string_view source) {
  const unsigned q = module_named(module);
  const Module& row = machine_.modules()[q];
  const auto names = std::span(row.arguments).first(row.arity);
  const auto name = std::find(names.begin(), names.end(), argument);
  if (name == names.end()) {
    reject(fmt::format("{} has no argument \"{}\"; {}", module, argument, arguments_of(row)));
  }
  set_argument(q, static_cast<unsigned>(name - names.begin()), source);
  return *this;
}

CircuitBuilder& CircuitBuilder::set(std::string_view module,
                                    const std::vector<std::string_view>& sources) {
  const unsigned q = module_named(module);
  const Module& row = machine_.modules()[q];
  if (sources.size() != row.arity) {
    reject(fmt::format("{} takes {} argument(s), not {}; {}", module, row.arity, sources.size(),
                       arguments_of(row)));
  }
  for (unsigned position = 0; position < row.arity; ++position) {
    set_argument(q, position, sources[position]);
  }
  return *this;
}

CircuitBuilder& CircuitBuilder::set_register(std::string_view target, std::string_view source) {
  const std::optional<Source> index = machine_.find_source(target);
  if (!index || !machine_.is_register(*index)) {
    reject(fmt::format("there is no register \"{}\"; the machine has {}", target,
                       registers_of(machine_)));
  }
  registers_[*index] = source_named(source);
  return *this;
}

bool CircuitBuilder::untouched(unsigned module) const {
  const auto first = arguments_.begin() + machine_.first_argument(module);
  return std::none_of(first, first + machine_.modules()[module].arity,
                      [](const auto& source) { return source.has_value(); });
}

void CircuitBuilder::require_arguments(unsigned module) const {
  const Module& row = machine_.modules()[module];
  for (unsigned position = 0; position < row.arity; ++position) {
    if (arguments_[machine_.first_argument(module) + position]) {
      continue;
    }
    const std::string& name = row.arguments[position];
    reject(row.opcode == Opcode::write
               ? fmt::format("{} has one argument, but no {}; set both, or neither to write back "
                             "what has been read",
                             row.name, name)
               : fmt::format("the output of {} is used, but its argument {} is not set", row.name,
                             name));
  }
}

void CircuitBuilder::write_back(unsigned write, Circuit& circuit) const {
  const auto to = circuit.arguments.begin() + machine_.first_argument(write);
  for (unsigned q = write; q-- > 0;) {
    if (machine_.modules()[q].opcode == Opcode::read) {
      to[0] = circuit.arguments[machine_.first_argument(q)];
      to[1] = machine_.output_of(q);
      return;
    }
  }
  reject(
      fmt::format("{} runs in every step, and no READ runs before it whose value it could write "
                  "back; set its address and value",
                  machine_.modules()[write].name));
}

// What was not set is r0 first, so that a WRITE of which nothing was said makes nothing live:
// READ's address may be left out if only that WRITE uses what it reads.
Circuit CircuitBuilder::build() const {
  Circuit circuit = blank_circuit(machine_);
  circuit.registers = registers_;
  std::transform(arguments_.begin(), arguments_.end(), circuit.arguments.begin(),
                 [](const std::optional<Source>& source) { return source.value_or(0); });
  const std::vector<bool> live = live_modules(machine_, circuit);
  for (unsigned q = 0; q < live.size(); ++q) {
    if (machine_.modules()[q].opcode == Opcode::write && untouched(q)) {
      write_back(q, circuit);
    } else if (live[q]) {
      require_arguments(q);
    }
  }
  return circuit;
}

}  // namespace nram
