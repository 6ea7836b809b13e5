#include <algorithm>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/modulus_rule.hpp>

namespace nram {
namespace {

/// Whether no value of a memory is too large to be one of its addresses.
bool values_are_addresses(MemoryView memory) {
  return std::visit(
      [](auto cells) {
        return std::all_of(cells.begin(), cells.end(),
                           [&](auto value) { return value < cells.size(); });
      },
      memory.cells());
}

}  // namespace

Modulus ModulusRule::modulus_for(std::size_t cells, CellType type) const {
  if (kind_ == Kind::word) {
    return word_modulus(type);
  }
  if (kind_ != Kind::fixed) {
    return Modulus::of(cells);
  }
  if (!fixed_.contains(cells - 1)) {
    throw Error(
        ErrorKind::usage,
        fmt::format("the modulus {} is smaller than the memory's {} cells, so that addresses "
                    "would not reach all of it",
                    fixed_.to_string(), cells));
  }
  return fixed_;
}

std::vector<Modulus> choose_moduli(std::span<const MemoryView> memories, const ModulusRule& rule,
                                   const std::string& name) {
  const bool words =
      rule.asks_values() && !std::all_of(memories.begin(), memories.end(), values_are_addresses);
  const ModulusRule in_force = words ? ModulusRule::word() : rule;
  std::vector<Modulus> moduli;
  moduli.reserve(memories.size());
  for (std::size_t i = 0; i < memories.size(); ++i) {
    const MemoryView memory = memories[i];
    moduli.push_back(in_force.modulus_for(memory.size(), memory.type()));
    require_values_below(memory, moduli.back(), name_of_memory(name, i, memories.size()));
  }
  return moduli;
}

std::string name_of_memory(const std::string& name, std::size_t index, std::size_t memories) {
  return memories == 1 ? name : fmt::format("{}: memory {}", name, index);
}

}  // namespace nram
