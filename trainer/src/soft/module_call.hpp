// How a module's soft extension is called, whatever the instruction set. All arrays are
// [index][lane].

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <nram/engine/module.hpp>

namespace nram::soft {

/// Which results a module can have: rows that are known to be 0 are neither stored nor mixed.
enum class Support : std::uint8_t {
  full,      ///< any value: M rows
  binary,    ///< 0 or 1: 2 rows
  constant,  ///< always the same value: no rows
};

/// Where a module's soft kernel finds its arguments and puts its result.
template <typename T>
struct ModuleCall {
  unsigned modulus;                      ///< M ≥ 2
  const T* a = nullptr;                  ///< [M] first argument
  const T* b = nullptr;                  ///< [M] second argument; null if the module has none
  T* out = nullptr;                      ///< [M], [2] or nothing, as the support says
  const T* memory = nullptr;             ///< [M][M] (READ and WRITE)
  T* new_memory = nullptr;               ///< [M][M] (WRITE)
  const std::uint16_t* table = nullptr;  ///< value_table of the module (generic kernel)
  T* scratch = nullptr;                  ///< [2M]
};

/// The gradients that a kernel's backward pass reads and writes.
template <typename T>
struct ModuleGradient {
  const T* out = nullptr;  ///< as ModuleCall::out; given
  T* a = nullptr;          ///< [M]; replaced
  T* b = nullptr;          ///< [M]; replaced
  /// [M][M]; READ adds to it, WRITE turns it from the new memory's gradient into the old one's.
  T* memory = nullptr;
};

template <typename T>
struct SoftKernel {
  Opcode opcode;
  Support support;
  void (*forward)(const ModuleCall<T>&);
  void (*backward)(const ModuleCall<T>&, const ModuleGradient<T>&);
};

/// All results of a pure module: evaluate(i, j) at i · M + j (arity 2) or i (arity 1).
void value_table(const Module& module, unsigned modulus, std::vector<std::uint16_t>& table);

}  // namespace nram::soft
