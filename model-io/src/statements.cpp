#include "case_text.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include <nram/model-io/inspect.hpp>
#include <nram/model-io/printable.hpp>

namespace nram {
namespace {

// The index of the machine's module with this opcode; names are unique, so there is one at most.
std::optional<unsigned> find_module(const Machine& machine, Opcode opcode) {
  const auto& modules = machine.modules();
  const auto found = std::find_if(modules.begin(), modules.end(),
                                  [&](const Module& module) { return module.opcode == opcode; });
  if (found == modules.end()) {
    return std::nullopt;
  }
  return static_cast<unsigned>(found - modules.begin());
}

// Writes down one circuit. An output gets a name of its own (that of its module) if it is used more
// than once, which keeps the text linear in the circuit, and if it is READ's: what READ reads is
// from before the WRITE, wherever it is used.
class CircuitWriter {
 public:
  CircuitWriter(const Machine& machine, const Circuit& circuit)
      : machine_(machine),
        circuit_(circuit),
        idle_(write_is_idle(machine, circuit)),
        uses_(machine.modules().size(), 0) {
    for (unsigned r = 0; r < machine_.registers(); ++r) {
      use(circuit_.registers[r]);
    }
    for (auto q = static_cast<unsigned>(machine_.modules().size()); q-- > 0;) {
      const Module& module = machine_.modules()[q];
      if (module.opcode == Opcode::write) {
        use(argument(q, 0));
        if (!idle_) {
          use(argument(q, 1));
        }
      } else if (uses_[q] > 0) {
        for (unsigned position = 0; position < module.arity; ++position) {
          use(argument(q, position));
        }
      }
    }
  }

  [[nodiscard]] std::vector<std::string> statements() const {
    std::vector<std::string> lines;
    for (unsigned q = 0; q < machine_.modules().size(); ++q) {
      const Module& module = machine_.modules()[q];
      if (module.opcode == Opcode::write) {
        const std::string cell = fmt::format("mem[{}]", text(argument(q, 0)));
        lines.push_back(idle_ ? fmt::format("{} := {}  (idle)", cell, cell)
                              : fmt::format("{} := {}", cell, text(argument(q, 1))));
      } else if (is_named(q)) {
        lines.push_back(fmt::format("{} <- {}", module.name, formula(q)));
      }
    }
    for (unsigned r = 0; r < machine_.registers(); ++r) {
      if (circuit_.registers[r] != r) {
        lines.push_back(fmt::format("r{} := {}", r, text(circuit_.registers[r])));
      }
    }
    return lines;
  }

 private:
  [[nodiscard]] Source argument(unsigned q, unsigned position) const {
    return circuit_.arguments[machine_.first_argument(q) + position];
  }

  void use(Source source) {
    if (!machine_.is_register(source)) {
      ++uses_[source - machine_.registers()];
    }
  }

  [[nodiscard]] bool is_named(unsigned q) const {
    const Module& module = machine_.modules()[q];
    return module.opcode == Opcode::read ? uses_[q] > 0 : module.arity > 0 && uses_[q] > 1;
  }

  [[nodiscard]] std::string text(Source source) const {
    if (machine_.is_register(source)) {
      return machine_.source_name(source);
    }
    const unsigned q = source - machine_.registers();
    switch (machine_.modules()[q].opcode) {
      case Opcode::zero:
      case Opcode::write:  // its output is always 0
        return "0";
      case Opcode::one:
        return "1";
      case Opcode::two:
        return "2";
      case Opcode::constant:
        return fmt::format("{}", machine_.modules()[q].constant);
      default:
        return is_named(q) ? machine_.modules()[q].name : formula(q);
    }
  }

  [[nodiscard]] std::string formula(unsigned q) const {
    const Module& module = machine_.modules()[q];
    if (module.opcode == Opcode::read) {
      return fmt::format("mem[{}]", text(argument(q, 0)));
    }
    std::string arguments;
    for (unsigned position = 0; position < module.arity; ++position) {
      arguments += (position == 0 ? "" : ", ") + text(argument(q, position));
    }
    return fmt::format("{}({})", module.name, arguments);
  }

  const Machine& machine_;
  const Circuit& circuit_;
  bool idle_;
  std::vector<unsigned> uses_;  // of each module's output, in what is shown
};

}  // namespace

bool write_is_idle(const Machine& machine, const Circuit& circuit) {
  const auto read = find_module(machine, Opcode::read);
  const auto write = find_module(machine, Opcode::write);
  if (!read || !write) {
    return false;
  }
  const Source* const of_write = &circuit.arguments[machine.first_argument(*write)];
  return of_write[1] == machine.output_of(*read) &&
         of_write[0] == circuit.arguments[machine.first_argument(*read)];
}

std::vector<std::string> statements(const Machine& machine, const Circuit& circuit) {
  return CircuitWriter(machine, circuit).statements();
}

std::string raw_listing(const Program& program) {
  const Machine& machine = program.machine();
  std::string modules;
  for (const Module& module : machine.modules()) {
    modules += " " + module.name;
  }
  std::string text = fmt::format(
      "# registers: {}\n# modules:{}\n# circuits: {}, rules: {}, states: {}\n", machine.registers(),
      modules, program.circuits().size(), program.rules().size(), program.states());
  if (machine.order() != Order::unsigned_numbers) {
    text += fmt::format("# order: {}\n", name_of(machine.order()));
  }
  for (const auto& [key, value] : program.metadata()) {
    // A value of several lines must not look like a part of the program.
    text += fmt::format("# {}: {}\n", printable(key), printable(value));
  }
  std::optional<std::uint32_t> state;
  for (std::size_t i = 0; i < program.rules().size(); ++i) {
    const Rule& rule = program.rules()[i];
    if (program.states() > 1 && rule.state != state) {
      state = rule.state;
      text += fmt::format("\nstate {}:\n", rule.state);
    }
    text += fmt::format("\n{}{} (c{})\n", rule.care == 0 ? "" : "when ", case_text(program, i),
                        rule.transition.circuit);
    for (const std::string& line :
         statements(machine, program.circuits()[rule.transition.circuit])) {
      text += fmt::format("  {}\n", line);
    }
    if (rule.transition.finish) {
      text += "  stop\n";
    } else if (program.states() > 1) {
      text += fmt::format("  go to state {}\n", rule.transition.next_state);
    }
  }
  return text;
}

}  // namespace nram
