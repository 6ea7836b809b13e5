#pragma once

#include <optional>
#include <string>

#include <nram/engine/memory.hpp>
#include <nram/engine/modulus_rule.hpp>
#include <nram/engine/optimise.hpp>
#include <nram/engine/program.hpp>

namespace nram {

/// What a program compiled ahead of time is specialised for.
struct ObjectCodeOptions {
  std::string name;                ///< of the C function: letters, digits and _
  CellType cells = CellType::u64;  ///< of the memories it will run on
  /// Nothing: what the program says, see ModulusRule::of.
  std::optional<ModulusRule> modulus{};
  OptimisationOptions optimisations{};
};

/// A program as an engineer links it into a C or C++ program.
struct ObjectCode {
  std::string object;  ///< an object file for this kind of computer, any model of it
  std::string header;  ///< a C header that declares the function and says how to call it
};

/// Compiles a program ahead of time. The code runs step by step; loops are not vectorised. If the
/// program's meaning has a number of steps, reaching it is a normal end.
///
/// Throws Error(usage) if the JIT's plug-in is not there, the name is no C identifier, the modulus
/// is below 3 or too large for the cells, or the program has custom modules (their functions live
/// in this process) or hundreds of distinct steps.
ObjectCode compile_object(const Program& program, const ObjectCodeOptions& options);

}  // namespace nram
