#pragma once

// Native code of a program, compiled when a run first needs it: one for every kind of run.

#include "../executors.hpp"
#include "../loops/plan.hpp"
#include "compiler.hpp"
#include "native_run.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include <nram/engine/executor.hpp>
#include <nram/engine/flow.hpp>

namespace nram::jit {

/// Native code for one kind of run.
struct Compiled {
  flow::Flow flow;
  loops::Plans plans;
  std::unique_ptr<NativeCode> code;
  NativeFunction function = code->function();
  bool has_vector_loops = code->has_vector_loops();

  /// Steps until the first look for a loop; until every look if a run looks `always`.
  [[nodiscard]] std::uint64_t first_pause(bool always) const;
  /// A run that begins.
  [[nodiscard]] NativeRun new_run(const RunOptions& options) const;
};

/// Thread-safe.
class CodeCache {
 public:
  /// Keeps references to the program and the passes. Throws Error(usage) if there is no compiler.
  CodeCache(const Program& program, const OptimisationOptions& optimisations,
            executors::WithoutCode without)
      : program_(program),
        optimisations_(optimisations),
        without_(without),
        compiler_(load_compiler()) {}

  /// The code for this kind of run; null if the interpreter has to run it. If there is to be code
  /// but the system does not allow it (memory that is written must not become executable, say):
  /// throws Error(usage), every time, or null, as the cache has been told.
  [[nodiscard]] const Compiled* code_for(MemoryView memory, const RunOptions& options) const;

 private:
  struct Slot {
    std::once_flag once;
    std::unique_ptr<Compiled> compiled;
    std::atomic<const Compiled*> ready = nullptr;
  };

  const Program& program_;
  const OptimisationOptions& optimisations_;
  executors::WithoutCode without_;
  const Compiler& compiler_;
  mutable std::array<Slot, 8> slots_;
};

}  // namespace nram::jit
