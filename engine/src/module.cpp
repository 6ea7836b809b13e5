#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/module.hpp>

namespace nram {
namespace {

Word truth(bool value, Modulus m) { return m.reduce(value ? 1 : 0); }

Word lt_of(Word a, Word b, Modulus m) { return truth(a < b, m); }
Word le_of(Word a, Word b, Modulus m) { return truth(a <= b, m); }
Word min_of(Word a, Word b, Modulus /*m*/) { return std::min(a, b); }
Word max_of(Word a, Word b, Modulus /*m*/) { return std::max(a, b); }

bool is_below(Word a, Word b, Modulus m) { return signed_place(a, m) < signed_place(b, m); }
Word signed_lt_of(Word a, Word b, Modulus m) { return truth(is_below(a, b, m), m); }
Word signed_le_of(Word a, Word b, Modulus m) { return truth(!is_below(b, a, m), m); }
Word signed_min_of(Word a, Word b, Modulus m) { return is_below(b, a, m) ? b : a; }
Word signed_max_of(Word a, Word b, Modulus m) { return is_below(a, b, m) ? b : a; }

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
      {"LT", Opcode::lt, 2, lt_of, "a < b"},
      {"LE", Opcode::le, 2, le_of, "a <= b"},
      {"EQ", Opcode::eq, 2, [](Word a, Word b, Modulus m) { return truth(a == b, m); }, "a == b"},
      {"MIN", Opcode::min, 2, min_of, "min(a, b)"},
      {"MAX", Opcode::max, 2, max_of, "max(a, b)"},
      {"WRITE", Opcode::write, 2, nullptr, "mem[address] := value, output 0", {"address", "value"}},
  };
}

constexpr std::string_view constant_prefix = "CONST(";

// The k of "CONST(k)" if this is how it is spelled.
std::optional<Word> constant_of(std::string_view name) {
  if (!name.starts_with(constant_prefix) || !name.ends_with(')')) {
    return std::nullopt;
  }
  const std::string_view digits =
      name.substr(constant_prefix.size(), name.size() - constant_prefix.size() - 1);
  Word k = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), k);
  const bool is_plain = digits.size() == 1 || !digits.starts_with('0');
  return error == std::errc{} && end == digits.data() + digits.size() && is_plain &&
                 k <= max_constant
             ? std::optional(k)
             : std::nullopt;
}

// A module that compares, in both orders.
struct Comparing {
  Opcode plain;
  Opcode with_sign;
  Module::Function evaluate;
  Module::Function evaluate_with_sign;
};

constexpr std::array comparing_modules = {
    Comparing{Opcode::lt, Opcode::signed_lt, lt_of, signed_lt_of},
    Comparing{Opcode::le, Opcode::signed_le, le_of, signed_le_of},
    Comparing{Opcode::min, Opcode::signed_min, min_of, signed_min_of},
    Comparing{Opcode::max, Opcode::signed_max, max_of, signed_max_of}};

// Letters from `first` to `last`, digits and '_', a letter in front.
bool well_formed(std::string_view name, char first, char last) {
  const auto letter = [&](char c) { return c >= first && c <= last; };
  return !name.empty() && name.size() <= 32 && letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

[[noreturn]] void reject(const Module& module, std::string_view reason) {
  throw Error(ErrorKind::usage, fmt::format("cannot use module '{}': {}", module.name, reason));
}

}  // namespace

Module constant_module(Word k) {
  Module module{fmt::format("CONST({})", k), Opcode::constant, 0,
                [](Word a, Word, Modulus m) { return m.reduce(a); }, fmt::format("{}", k)};
  module.constant = k;
  if (k > max_constant) {
    reject(module, fmt::format("a constant is 0 to {}", max_constant));
  }
  return module;
}

ModuleTable ModuleTable::standard() {
  ModuleTable table;
  table.modules_ = standard_modules();
  return table;
}

Module in_order(Module module, Order order) {
  const bool has_sign = order == Order::signed_numbers;
  for (const Comparing& row : comparing_modules) {
    const bool is_plain = module.opcode == row.plain && module.evaluate == row.evaluate;
    const bool is_signed =
        module.opcode == row.with_sign && module.evaluate == row.evaluate_with_sign;
    if (is_plain || is_signed) {
      module.opcode = has_sign ? row.with_sign : row.plain;
      module.evaluate = has_sign ? row.evaluate_with_sign : row.evaluate;
      break;
    }
  }
  return module;
}

void validate_custom(const Module& module) {
  if (!well_formed(module.name, 'A', 'Z')) {
    reject(module, "a name is 1 to 32 upper-case letters, digits or '_' and starts with a letter");
  }
  if (module.opcode != Opcode::custom) {
    reject(module, "its opcode must be `custom`");
  }
  if (module.arity > 2) {
    reject(module, "a module takes at most two arguments");
  }
  const auto names = std::span(module.arguments).first(module.arity);
  if (!std::all_of(names.begin(), names.end(),
                   [](const std::string& name) { return well_formed(name, 'a', 'z'); })) {
    reject(module,
           "the name of an argument is 1 to 32 lower-case letters, digits or '_' and starts with a "
           "letter");
  }
  if (module.arity == 2 && names[0] == names[1]) {
    reject(module, "its two arguments must have different names");
  }
  if (module.evaluate == nullptr) {
    reject(module, "it has no function");
  }
}

void ModuleTable::add(Module module) {
  validate_custom(module);
  if (find(module.name)) {
    reject(module, "the name is taken");
  }
  modules_.push_back(std::move(module));
}

std::optional<Module> ModuleTable::find(std::string_view name) const {
  if (const std::optional<Word> k = constant_of(name)) {
    return constant_module(*k);
  }
  const auto it = std::find_if(modules_.begin(), modules_.end(),
                               [&](const Module& module) { return module.name == name; });
  return it == modules_.end() ? std::nullopt : std::optional(*it);
}

Module ModuleTable::at(std::string_view name) const {
  if (std::optional<Module> module = find(name)) {
    return *std::move(module);
  }
  if (name.starts_with(constant_prefix)) {
    throw Error(
        ErrorKind::data,
        fmt::format("there is no module \"{}\"; a constant is CONST(k) with a k from 0 to {}, "
                    "in digits without a 0 in front",
                    name, max_constant));
  }
  std::string known;
  for (const Module& row : modules_) {
    known += (known.empty() ? "" : " ") + row.name;
  }
  throw Error(ErrorKind::data,
              fmt::format("there is no module \"{}\"; known are {}, and CONST(k) for a number k",
                          name, known));
}

std::vector<Module> ModuleTable::select(const std::vector<std::string_view>& names) const {
  std::vector<Module> modules;
  modules.reserve(names.size());
  for (const std::string_view name : names) {
    modules.push_back(at(name));
  }
  return modules;
}

}  // namespace nram
