#pragma once

// What the executors share among themselves: their factories and how one takes a run over from
// another.

#include <cstddef>
#include <cstdint>
#include <memory>

#include <nram/engine/executor.hpp>
#include <nram/engine/step.hpp>

namespace nram::executors {

/// An executor whose runs can be stopped between two steps and gone on with, by it or by another
/// one of the same program and passes.
class ResumableExecutor : public Executor {
 public:
  /// Whether it takes over such a run. May compile the program for it.
  [[nodiscard]] virtual bool can_run(MemoryView memory, const RunOptions& options) const = 0;

  /// Runs until the program ends or `result.steps` is options.step_limit. The run begins if
  /// `result` has no registers, else it goes on from there: before the block `block` of the
  /// program's Flow (flow::optimise, with checks if there are addresses without a cell). Both are
  /// brought up to date, `block` unless the program has ended. Preconditions: those of run(), and
  /// can_run().
  virtual void go_on(MemoryView memory, const RunOptions& options, RunResult& result,
                     std::size_t& block) const = 0;
};

/// Whether runs like this are of the program as it is written, not of the optimised one, which
/// begins with zero registers and takes 0, 1 and 2 for different numbers.
bool runs_as_written(const RunOptions& options);

std::unique_ptr<Executor> make_reference(const Program& program);
std::unique_ptr<ResumableExecutor> make_interpreter(const Program& program,
                                                    const OptimisationOptions& options);

/// What an executor of native code does where the system does not allow any.
enum class WithoutCode : std::uint8_t {
  fails,      ///< throws Error(usage) when it is to run
  interprets  ///< runs as the interpreter does; can_run() says that it does not take over
};

std::unique_ptr<ResumableExecutor> make_jit(const Program& program,
                                            const OptimisationOptions& optimisations,
                                            WithoutCode without = WithoutCode::fails);

/// What the interpreter does in the time that it takes to load the code generator and to compile,
/// so that waiting for it costs twice the time at most: steps of its own, for vectorised loops are
/// not much faster in native code.
constexpr std::uint64_t worth_compiling = 1U << 22U;

/// Engine::automatic, with another threshold for tests. Precondition: it is not 0.
std::unique_ptr<Executor> make_tiered(const Program& program,
                                      const OptimisationOptions& optimisations,
                                      std::uint64_t threshold = worth_compiling);

}  // namespace nram::executors
