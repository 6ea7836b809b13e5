#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <nram/engine/meaning.hpp>
#include <nram/engine/memory.hpp>

namespace nram {

/// How memories come by their moduli; what `nram run --modulus` says. Never by what they hold: a
/// program means the same on every input.
class ModulusRule {
 public:
  /// The number of cells: every address is in range, as in the paper.
  static ModulusRule cells() { return {Kind::cells, Modulus::word64()}; }
  /// The natural wrap-around of the cell type, 2^32 or 2^64: for data of any values.
  static ModulusRule word() { return {Kind::word, Modulus::word64()}; }
  /// What a program says it was learned and tested for: word() if that is both or nothing is said.
  static ModulusRule of(const Meaning& meaning) {
    return meaning.usual_arithmetic() == Arithmetic::cells ? cells() : word();
  }
  /// This one, whatever the memory.
  static ModulusRule fixed(Modulus modulus) { return {Kind::fixed, modulus}; }

  /// The modulus of a memory of this many cells (at least 1) of this type. Throws Error(usage) if a
  /// fixed one does not reach all addresses.
  [[nodiscard]] Modulus modulus_for(std::size_t cells, CellType type) const;

  /// Whether it is the number of cells.
  [[nodiscard]] bool is_cells() const { return kind_ == Kind::cells; }

  friend bool operator==(const ModulusRule&, const ModulusRule&) = default;

 private:
  enum class Kind : std::uint8_t { cells, word, fixed };

  ModulusRule(Kind kind, Modulus modulus) : kind_(kind), fixed_(modulus) {}

  Kind kind_;
  Modulus fixed_;
};

/// The modulus of each memory, in their order, which then may run under it: no value is too large.
/// Throws Error(usage) as ModulusRule::modulus_for does, and Error(data) naming the first memory
/// (as name_of_memory does) and cell whose value is not below the modulus. O(cells of all
/// memories).
std::vector<Modulus> choose_moduli(std::span<const MemoryView> memories, const ModulusRule& rule,
                                   const std::string& name = "the input");

/// What messages call one of several memories that came as `name`: "in.npy: memory 3", or just the
/// name if there are no others.
std::string name_of_memory(const std::string& name, std::size_t index, std::size_t memories);

}  // namespace nram
