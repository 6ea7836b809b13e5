#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nram/engine/modulus_rule.hpp>
#include <nram/engine/program.hpp>

namespace nram {

/// What a page of the explorer begins with besides the program.
struct ExplorerInput {
  std::vector<Word> memory{};  ///< 1 to max_explorer_cells cells, all below the modulus
  CellType type = CellType::u64;
  ModulusRule modulus = ModulusRule::word();
  /// What a right result holds, by cell; nothing for a cell that does not count. Empty: not known.
  std::vector<std::optional<Word>> expected{};
  /// At most so many steps; nothing: as many as a run has without --steps. The page follows no run
  /// beyond max_explorer_steps.
  std::optional<std::uint64_t> step_limit{};
  std::string program_name{};  ///< the file's, as the page's header shows it
  std::string input_name{};    ///< likewise
};

/// The largest memory that a page is written for.
inline constexpr std::size_t max_explorer_cells = 1'000'000;
/// The longest run that a page follows.
inline constexpr std::uint64_t max_explorer_steps = 10'000'000;
/// The largest program (as a file) that a page is written for.
inline constexpr std::size_t max_explorer_program_bytes = std::size_t{4} << 20U;

/// One HTML page in which a person watches the program run, step by step, and changes the input:
/// complete in itself (no network, works from disk), with all that comes from files written as data
/// that a browser cannot take for anything else.
///
/// Throws Error(usage) if the program has modules of a user's own, whose meaning a page cannot
/// know; Error(data) if memory or program are too large, the memory is empty, a value is not below
/// the modulus, `expected` is neither empty nor as long as the memory, or a text is not UTF-8; and
/// as ModulusRule::modulus_for does. O(size of memory and program), and what listing() takes.
std::string explorer_page(const Program& program, const ExplorerInput& input);

}  // namespace nram
