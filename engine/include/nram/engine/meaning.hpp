#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace nram {

/// The arithmetic that a program was learned and tested for.
enum class Arithmetic : std::uint8_t {
  word,   ///< natural wrap-around of the cell type, at 2^32 or 2^64
  cells,  ///< modulo the number of cells
  both,   ///< either: it was right in both
};

/// "word", "cells" or "both".
std::string_view name_of(Arithmetic arithmetic);

/// The arithmetic of this name, or nothing.
std::optional<Arithmetic> arithmetic_named(std::string_view name);

/// Whether a program that was tested for the first was tested for (all of) the second.
constexpr bool includes(Arithmetic tested, Arithmetic asked) {
  return tested == asked || tested == Arithmetic::both;
}

/// What programs and models say about how they are to be run: the keys "arithmetic" and "steps" of
/// their metadata.
struct Meaning {
  /// Nothing: not said, as in files of earlier versions.
  std::optional<Arithmetic> arithmetic{};
  /// The run ends, normally, after so many steps, if it has not ended by itself before.
  std::optional<std::uint64_t> steps{};

  /// The arithmetic of runs that do not ask for another one: `cells` if it was tested for nothing
  /// else, `word` otherwise.
  [[nodiscard]] Arithmetic usual_arithmetic() const {
    return arithmetic == Arithmetic::cells ? Arithmetic::cells : Arithmetic::word;
  }

  friend bool operator==(const Meaning&, const Meaning&) = default;
};

/// What the metadata says. Throws Error(data), naming the key, unless "arithmetic" is the name of
/// one and "steps" a whole number from 1 to 2^64-1, where they are there. O(log size).
Meaning meaning_of(const std::map<std::string, std::string>& metadata);

}  // namespace nram
