#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/modulus_rule.hpp>

namespace nram {
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
  std::vector<Modulus> moduli;
  moduli.reserve(memories.size());
  for (std::size_t i = 0; i < memories.size(); ++i) {
    const MemoryView memory = memories[i];
    moduli.push_back(rule.modulus_for(memory.size(), memory.type()));
    require_values_below(memory, moduli.back(), name_of_memory(name, i, memories.size()));
  }
  return moduli;
}

std::string name_of_memory(const std::string& name, std::size_t index, std::size_t memories) {
  return memories == 1 ? name : fmt::format("{}: memory {}", name, index);
}

}  // namespace nram
