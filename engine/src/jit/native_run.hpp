#pragma once

#include <cstddef>
#include <cstdint>

#include <nram/engine/batch.hpp>
#include <nram/engine/machine.hpp>

namespace nram::jit {

/// How many loops of a program are vectorised in generated code at most.
constexpr std::size_t most_vector_loops = 4;

/// What generated code and its caller share. The code starts at `block`, runs at most until `steps`
/// reaches `stop_at` (which is larger) and says why it stopped.
///
/// Rows: if a run finishes and `rows_left` is not 0, its end goes to *ends and the code goes on
/// with the next row, from the entry block and with all registers zero.
///
/// Interleaving, if there is a `next`: whenever a run has done `quantum` steps and its next one
/// loads a cell, that cell is fetched and the code goes on with run `next` (of a ring) on that
/// run's `cells`. All have the same number of cells.
struct NativeRun {
  std::uint64_t steps = 0;
  std::uint64_t stop_at = 0;
  std::uint64_t modulus = 0;  ///< not used by code for natural wrap-around
  std::uint64_t fault_address = 0;
  std::uint32_t fault_module = 0;
  std::uint32_t state = 0;  ///< after the last completed step
  std::uint32_t block = 0;  ///< to go on with
  std::uint32_t unused = 0;
  std::uint64_t registers[Machine::max_registers] = {};

  // From here on not in code compiled ahead of time, whose callers know nothing of it.
  std::uint64_t quantum = ~std::uint64_t{0};
  NativeRun* next = nullptr;
  void* cells = nullptr;         ///< of this run, for those that come round to it
  NativeRun* stopped = nullptr;  ///< of the run the code was called with: the one that stopped
  std::uint64_t rows_left = 0;   ///< after the current one
  std::uint64_t row_bytes = 0;
  RunEnd* ends = nullptr;         ///< of the current row
  std::uint64_t* kept = nullptr;  ///< where the current row's registers go; null: nowhere
  /// Of the vectorised loops in the code: one runs as long as its credit is not 0, which short
  /// loops use up and others increase.
  std::uint64_t credit[most_vector_loops] = {};
  std::uint64_t vectorised_steps = 0;  ///< is increased by the steps of vectorised loops
};

enum NativeEnd : std::uint32_t { native_finished = 0, native_steps_done = 1, native_fault = 2 };

using NativeFunction = std::uint32_t (*)(void* cells, std::uint64_t size, NativeRun* run);

}  // namespace nram::jit
