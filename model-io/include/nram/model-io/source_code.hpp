#pragma once

#include <optional>
#include <string>

#include <nram/engine/memory.hpp>
#include <nram/engine/modulus_rule.hpp>
#include <nram/engine/program.hpp>

namespace nram {

/// How a program becomes source text.
struct SourceOptions {
  std::string name;                ///< of the function: letters, digits and _
  CellType cells = CellType::u64;  ///< of C: of the memories it will run on
  /// Nothing: what the program says, see ModulusRule::of.
  std::optional<ModulusRule> modulus{};
};

/// The program as a C11 function that needs nothing but <stddef.h> and <stdint.h>:
///
///     enum NAME_outcome NAME(uint64_t *cells, size_t count, uint64_t step_limit,
///                            struct NAME_run *run);
///
/// It does what the reference does, for any cells: every address is checked, and nothing in it is
/// undefined. It begins with all registers at 0; if the program's meaning has a number of steps,
/// reaching it is a normal end. Its text opens with the pseudo-code as a comment; each state of the
/// program is a label, each rule a block.
///
/// Throws Error(usage) if the name is no identifier or a word of C or C++, the modulus is too large
/// for the cells, or the program has custom modules. O(states · rules).
std::string c_source(const Program& program, const SourceOptions& options);

/// The program as a Python function, for lists, NumPy arrays and whatever else has cells that are
/// whole numbers:
///
///     run = NAME(cells, step_limit)   # run.outcome, run.steps, run.registers, run.fault
///
/// Its arithmetic wraps round where SourceOptions::modulus says; `word` is 2^64, or 2^32 where
/// cells.itemsize is 4. Throws as c_source does.
std::string python_source(const Program& program, const SourceOptions& options);

}  // namespace nram
