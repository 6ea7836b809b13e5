#include <algorithm>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/module.hpp>

namespace nram {
namespace {

Word truth(bool value, Modulus m) { return m.reduce(value ? 1 : 0); }

// The module table: the one place that says which modules there are and what they compute.
// (The soft kernels of the trainer are looked up by opcode; without one, `evaluate` is enough.)
std::vector<Module> standard_modules() {
  return {
      {"READ", Opcode::read, 1, nullptr, "mem[address]", {"address"}},
      {"ZERO", Opcode::zero, 0, [](Word, Word, Modulus) { return Word{0}; }, "0"},
      {"ONE", Opcode::one, 0, [](Word, Word, Modulus m) { return m.reduce(1); }, "1"},
      {"TWO", Opcode::two, 0, [](Word, Word, Modulus m) { return m.reduce(2); }, "2"},
      {"INC", Opcode::inc, 1, [](Word a, Word, Modulus m) { return m.inc(a); }, "a + 1"},
      {"ADD", Opcode::add, 2, [](Word a, Word b, Modulus m) { return m.add(a, b); }, "a + b"},
      {"SUB", Opcode::sub, 2, [](Word a, Word b, Modulus m) { return m.sub(a, b); }, "a - b"},
      {"DEC", Opcode::dec, 1, [](Word a, Word, Modulus m) { return m.dec(a); }, "a - 1"},
      {"LT", Opcode::lt, 2, [](Word a, Word b, Modulus m) { return truth(a < b, m); }, "a < b"},
      {"LE", Opcode::le, 2, [](Word a, Word b, Modulus m) { return truth(a <= b, m); }, "a <= b"},
      {"EQ", Opcode::eq, 2, [](Word a, Word b, Modulus m) { return truth(a == b, m); }, "a == b"},
      {"MIN", Opcode::min, 2, [](Word a, Word b, Modulus) { return std::min(a, b); }, "min(a, b)"},
      {"MAX", Opcode::max, 2, [](Word a, Word b, Modulus) { return std::max(a, b); }, "max(a, b)"},
      {"WRITE",
       Opcode::write,
       2,
       nullptr,
       "mem[address] := value, output 0",
       {"address", "value"}},
  };
}

bool well_formed(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name.size() <= 32 && name.front() >= 'A' && name.front() <= 'Z' &&
         std::all_of(name.begin(), name.end(), allowed);
}

[[noreturn]] void reject(const Module& module, std::string_view reason) {
  throw Error(ErrorKind::usage, fmt::format("cannot use module '{}': {}", module.name, reason));
}

}  // namespace

ModuleTable ModuleTable::standard() {
  ModuleTable table;
  table.modules_ = standard_modules();
  return table;
}

void validate_custom(const Module& module) {
  if (!well_formed(module.name)) {
    reject(module, "a name is 1 to 32 upper-case letters, digits or '_' and starts with a letter");
  }
  if (module.opcode != Opcode::custom) {
    reject(module, "its opcode must be `custom`");
  }
  if (module.arity > 2) {
    reject(module, "a module takes at most two arguments");
  }
  const auto first = module.arguments.begin();
  const auto last = first + module.arity;
  if (std::find(first, last, "") != last || (module.arity == 2 && first[0] == first[1])) {
    reject(module, "its arguments must have names, and two arguments different ones");
  }
  if (module.evaluate == nullptr) {
    reject(module, "it has no function");
  }
}

void ModuleTable::add(Module module) {
  validate_custom(module);
  if (find(module.name) != nullptr) {
    reject(module, "the name is taken");
  }
  modules_.push_back(std::move(module));
}

const Module* ModuleTable::find(std::string_view name) const {
  const auto it = std::find_if(modules_.begin(), modules_.end(),
                               [&](const Module& module) { return module.name == name; });
  return it == modules_.end() ? nullptr : &*it;
}

}  // namespace nram
