#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <nram/engine/circuit.hpp>
#include <nram/engine/executor.hpp>

namespace nram {

/// What every executor is made of, as it is defined, not as it is fast: for the reference, for
/// executors outside of the engine and for whoever follows a run step by step.

/// Bit i is set if register i is zero. Precondition: at most Machine::max_registers registers.
std::uint32_t zero_mask(std::span<const Word> registers);

/// Runs one step of a circuit: every module once, in order, then all registers change at once. If
/// READ or WRITE addresses a cell that does not exist, nothing has changed and the fault is
/// returned. A READ whose output does not matter (live_modules) cannot fail.
///
/// Preconditions: the circuit is valid for the machine; as many registers as the machine has; all
/// values are below the modulus. O(modules + registers), whatever the size of the memory.
std::optional<AddressFault> run_step(const Machine& machine, const Circuit& circuit,
                                     MemoryView memory, Modulus modulus,
                                     std::vector<Word>& registers);

/// What happened in one step.
struct StepRecord {
  /// Of every source, as a Circuit names them: the registers at the start of the step, then the
  /// outputs of the modules. Those of modules that do not matter, and of WRITE, are 0. Those from
  /// the module on that faulted are missing.
  std::vector<Word> values;
  std::vector<bool> live;             ///< by module: live_modules of the circuit
  std::optional<Word> overwritten{};  ///< what the cell held that WRITE has written to
};

/// The same step, and what happened in it, which replaces what `record` held. The memory of the
/// record is used again.
std::optional<AddressFault> run_step(const Machine& machine, const Circuit& circuit,
                                     MemoryView memory, Modulus modulus,
                                     std::vector<Word>& registers, StepRecord& record);

/// Checks what Executor::run promises to check; throws Error(data | usage).
void require_runnable(const Machine& machine, MemoryView memory, const RunOptions& options);

}  // namespace nram
