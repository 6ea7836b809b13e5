// The lines above the pseudo-code, and where the program comes from.

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/meaning.hpp>
#include <nram/model-io/inspect.hpp>
#include <nram/model-io/printable.hpp>

namespace nram {
namespace {

std::string metadata_of(const Program& program, const char* key) {
  const auto found = program.metadata().find(key);
  return found == program.metadata().end() ? "" : printable(found->second);
}

// Marks the modules that a circuit needs for registers that change and for a WRITE that is not
// idle.
void mark_needed(const Machine& machine, const Circuit& circuit, std::vector<bool>& needed) {
  std::vector<bool> here(machine.modules().size(), false);
  const auto need = [&](Source source) {
    if (!machine.is_register(source)) {
      here[source - machine.registers()] = true;
    }
  };
  for (unsigned r = 0; r < machine.registers(); ++r) {
    need(circuit.registers[r]);
  }
  const bool is_idle = write_is_idle(machine, circuit);
  for (auto q = static_cast<unsigned>(machine.modules().size()); q-- > 0;) {
    here[q] = here[q] || (machine.modules()[q].opcode == Opcode::write && !is_idle);
    for (unsigned i = 0; here[q] && i < machine.modules()[q].arity; ++i) {
      need(circuit.arguments[machine.first_argument(q) + i]);
    }
    needed[q] = needed[q] || here[q];
  }
}

std::string modules_text(const Program& program) {
  const Machine& machine = program.machine();
  std::vector<bool> needed(machine.modules().size(), false);
  for (const Circuit& circuit : program.circuits()) {
    mark_needed(machine, circuit, needed);
  }
  std::string text;
  for (std::size_t q = 0; q < needed.size(); ++q) {
    text += needed[q] ? " " + machine.modules()[q].name : "";
  }
  return text.empty() ? " none" : text;
}

std::string_view arithmetic_text(const Meaning& meaning) {
  if (!meaning.arithmetic) {
    return "not said (runs wrap round at 2^64 or 2^32, as cells do)";
  }
  switch (*meaning.arithmetic) {
    case Arithmetic::word:
      return "word (numbers wrap round at 2^64 or 2^32, as cells do)";
    case Arithmetic::cells:
      return "cells (modulo the number of cells)";
    case Arithmetic::both:
      break;
  }
  return "both (right modulo 2^64 and modulo the number of cells)";
}

std::string variables_text(const PseudoCode& code) {
  std::string text;
  for (const auto& [name, registers] : code.variables) {
    std::string held;
    for (const unsigned r : registers) {
      held += fmt::format("{}r{}", held.empty() ? "" : "/", r);
    }
    if (!held.empty() && held != name) {
      text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", name, held);
    }
  }
  return text;
}

// "1 circuit", "2 circuits".
std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string header(const Program& program, const PseudoCode& code) {
  const Machine& machine = program.machine();
  std::string text;
  const auto add = [&](std::string_view key, std::string_view value) {
    text += value.empty() ? "" : fmt::format("# {}: {}\n", key, value);
  };
  add("task", metadata_of(program, "task"));
  add("verdict", metadata_of(program, "verdict"));
  add("arithmetic", arithmetic_text(program.meaning()));
  add("order", machine.order() == Order::unsigned_numbers ? "" : name_of(machine.order()));
  if (program.meaning().steps) {
    add("end", fmt::format("after {} steps, wherever the run is then", *program.meaning().steps));
  }
  add("machine", fmt::format("{}, 0 at the start; {}, {}; modules in use:{}",
                             counted(machine.registers(), "register"),
                             counted(program.circuits().size(), "circuit"),
                             counted(program.states(), "state"), modules_text(program)));
  add("variables", variables_text(code));
  const bool has_truth_values = std::ranges::any_of(code.lines, [](const std::string& line) {
    return line.find(" [") != std::string::npos || line.find("[[") != std::string::npos ||
           line.find("([") != std::string::npos;
  });
  add("[a < b]", has_truth_values ? "1 if that holds, or else 0" : "");
  return text;
}

}  // namespace

std::string listing(const Program& program) {
  const PseudoCode code = pseudo_code(program);
  if (!code.is_complete) {
    return "# too large for pseudo-code: rule by rule\n" + raw_listing(program);
  }
  std::string text = header(program, code) + "\n";
  for (const std::string& line : code.lines) {
    text += line + "\n";
  }
  return text;
}

std::string provenance(const Program& program) {
  std::string text;
  for (const auto& [key, value] : program.metadata()) {
    if (key != "settings") {
      text += fmt::format("{}: {}\n", printable(key), printable(value));
      continue;
    }
    text += "settings:\n";
    for (std::size_t at = 0; at < value.size();) {
      const std::size_t end = std::min(value.find(' ', at), value.size());
      if (end > at) {
        text += fmt::format("  {}\n", printable(std::string_view(value).substr(at, end - at)));
      }
      at = end + 1;
    }
  }
  return text.empty() ? "nothing is said about where the program comes from\n" : text;
}

}  // namespace nram
