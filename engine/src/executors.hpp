#pragma once

// What the executors share among themselves: their factories and the check of run()'s
// preconditions.

#include <memory>

#include <nram/engine/executor.hpp>

namespace nram {

std::unique_ptr<Executor> make_reference(const Program& program);
std::unique_ptr<Executor> make_interpreter(const Program& program,
                                           const OptimisationOptions& options);
std::unique_ptr<Executor> make_jit(const Program& program,
                                   const OptimisationOptions& optimisations);

/// Checks what Executor::run promises to check.
void require_runnable(const Machine& machine, MemoryView memory, const RunOptions& options);

}  // namespace nram
