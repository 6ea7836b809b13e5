#include <charconv>
#include <set>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/machine.hpp>

namespace nram {
namespace {

// Without the prime that tells the second of a kind.
Module plain(Module module) {
  if (module.name.ends_with('\'')) {
    module.name.pop_back();
  }
  return module;
}

// Whether executors may take the module for the table's row of this name.
bool same_row(const std::optional<Module>& row, const Module& module) {
  return row && row->opcode == module.opcode && row->arity == module.arity &&
         row->evaluate == module.evaluate && row->constant == module.constant;
}

// A step that faults changes nothing: every address is checked before anything is written. With
// more than these, an address could depend on what the step itself has written before.
void require_one_write(const std::vector<Module>& modules) {
  const Module* write = nullptr;
  const Module* read_behind = nullptr;
  for (const Module& module : modules) {
    if (!module.touches_memory() || (module.opcode == Opcode::read && write == nullptr)) {
      continue;
    }
    const Module*& first = module.opcode == Opcode::write ? write : read_behind;
    if (first != nullptr) {
      throw Error(ErrorKind::data,
                  module.opcode == Opcode::write
                      ? fmt::format("a machine has one WRITE at most, but this one has {} and {}; "
                                    "let the second be a step of its own",
                                    first->name, module.name)
                      : fmt::format("a machine has one READ behind its WRITE at most, but this one "
                                    "has {} and {}; put one of them before {}",
                                    first->name, module.name, write->name));
    }
    first = &module;
  }
}

// A few: a program that needs a table of numbers has it in memory.
void require_few_constants(const std::vector<Module>& modules) {
  std::set<Word> constants;
  for (const Module& module : modules) {
    if (module.opcode == Opcode::constant) {
      constants.insert(module.constant);
    }
  }
  if (constants.size() > Machine::max_constants) {
    throw Error(ErrorKind::data,
                fmt::format("a machine has {} different CONST(k) at most, not {}; let the memory "
                            "hold the others",
                            Machine::max_constants, constants.size()));
  }
}

}  // namespace

Machine::Machine(unsigned registers, std::vector<Module> modules, Order order)
    : registers_(registers), order_(order), modules_(std::move(modules)) {
  if (registers_ < 1 || registers_ > max_registers) {
    throw Error(ErrorKind::data,
                fmt::format("a machine has 1 to {} registers, not {}", max_registers, registers_));
  }
  if (modules_.empty() || modules_.size() > max_modules) {
    throw Error(ErrorKind::data,
                fmt::format("a machine has 1 to {} modules, not {}", max_modules, modules_.size()));
  }
  const ModuleTable standard = ModuleTable::standard();
  for (std::size_t q = 0; q < modules_.size(); ++q) {
    // The rows of the table are those of unsigned numbers.
    const Module module =
        plain(order == Order::unsigned_numbers ? modules_[q]
                                               : in_order(modules_[q], Order::unsigned_numbers));
    if (!same_row(standard.find(module.name), module)) {
      validate_custom(module);
    }
    for (std::size_t earlier = 0; earlier < q; ++earlier) {
      if (modules_[earlier].name == modules_[q].name) {
        throw Error(ErrorKind::data,
                    fmt::format("module {} occurs twice in the machine", modules_[q].name));
      }
    }
    modules_[q] = in_order(std::move(modules_[q]), order);
    first_argument_.push_back(arguments_);
    arguments_ += modules_[q].arity;
  }
  require_one_write(modules_);
  require_few_constants(modules_);
}

Machine Machine::standard(unsigned registers, Order order) {
  const ModuleTable table = ModuleTable::standard();
  return {registers, {table.modules().begin(), table.modules().end()}, order};
}

Machine Machine::standard(unsigned registers, const std::vector<std::string_view>& modules,
                          Order order) {
  return {registers, ModuleTable::standard().select(modules), order};
}

std::string Machine::source_name(Source source) const {
  return is_register(source) ? fmt::format("r{}", source) : modules_[source - registers_].name;
}

std::optional<Source> Machine::find_source(std::string_view name) const {
  for (std::size_t q = 0; q < modules_.size(); ++q) {
    if (modules_[q].name == name) {
      return output_of(static_cast<unsigned>(q));
    }
  }
  unsigned index = 0;
  const bool is_register_name = name.size() >= 2 && name.size() <= 3 && name.front() == 'r' &&
                                (name[1] != '0' || name.size() == 2);
  if (!is_register_name) {
    return std::nullopt;
  }
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), index);
  if (error != std::errc{} || end != name.data() + name.size() || index >= registers_) {
    return std::nullopt;
  }
  return static_cast<Source>(index);
}

}  // namespace nram
