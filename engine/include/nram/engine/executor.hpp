#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nram/engine/memory.hpp>
#include <nram/engine/optimise.hpp>
#include <nram/engine/program.hpp>

namespace nram {

/// How a run ended.
enum class Outcome : std::uint8_t {
  finished,       ///< the program stopped by itself
  step_limit,     ///< it did not, within RunOptions::step_limit steps
  address_fault,  ///< READ or WRITE addressed a cell that does not exist
  cancelled,      ///< RunOptions::on_progress said so
};

/// Whether loops may be vectorised: many iterations at a time by vector instructions, after checks
/// that the result will be the sequential one. The reference never does.
enum class Speculation : std::uint8_t {
  never,
  worthwhile,  ///< where it is likely to be faster
  always,      ///< wherever it is possible, even for one iteration; slow, for tests
};

/// What a run is given besides the program and the memory.
///
/// The arithmetic that the program itself says it was learned for (Meaning::usual_arithmetic) is
/// not looked up: without `modulus`, numbers wrap round at 2^64, also for a program that is right
/// modulo the number of cells only. Nor is the number of steps after which it says that it ends
/// (Meaning::steps), which is a normal end although the outcome is step_limit then. To run a
/// program as it says:
///
/// ```cpp
/// const Meaning meaning = program.meaning();
/// RunOptions options;
/// options.modulus = ModulusRule::of(meaning).modulus_for(memory.size(), memory.type());
/// options.step_limit = meaning.steps.value_or(default_step_limit(memory.size()));
/// ```
struct RunOptions {
  Modulus modulus = Modulus::word64();  ///< where numbers wrap round, whatever the program says
  std::uint64_t step_limit = 0;         ///< at most this many steps; see default_step_limit
  std::vector<Word> registers{};        ///< initial values; empty means all 0
  /// Called about every `progress_interval` steps with the number of steps done; returning false
  /// cancels the run after that step. Empty means never.
  std::function<bool(std::uint64_t steps)> on_progress{};
  std::uint64_t progress_interval = 1U << 24U;  ///< at least 1
  Speculation speculation = Speculation::worthwhile;
};

/// A memory access outside the memory. The memory keeps its state from before the step.
struct AddressFault {
  unsigned module = 0;  ///< index of the READ or WRITE in the machine
  Word address = 0;

  friend bool operator==(const AddressFault&, const AddressFault&) = default;
};

struct RunResult {
  Outcome outcome = Outcome::finished;
  std::uint64_t steps = 0;      ///< completed steps; a fault happened in step number steps + 1
  std::vector<Word> registers;  ///< after the last completed step
  std::uint32_t state = 0;      ///< of the controller, after the last completed step
  std::optional<AddressFault> fault{};
  std::uint64_t vectorised_steps = 0;  ///< how many of the steps vectorised loops did

  /// Whether the program did the same; how (vectorised_steps) does not matter.
  friend bool operator==(const RunResult& a, const RunResult& b) {
    return a.outcome == b.outcome && a.steps == b.steps && a.registers == b.registers &&
           a.state == b.state && a.fault == b.fault;
  }
};

/// 64 steps per cell and 65,536 more: plenty for programs linear in their memory, yet a bound on
/// those that never stop.
std::uint64_t default_step_limit(std::size_t cells);

class BatchPart;

/// Runs one program over memories. Immutable after construction: any number of threads may call
/// run() at the same time on different memories.
class Executor {
 public:
  virtual ~Executor() = default;

  /// Runs the program on `memory`, which it changes in place. It does not use the program's own
  /// arithmetic, but options.modulus, 2^64 if not given: see RunOptions.
  ///
  /// Preconditions, checked, Error(data) or Error(usage): memory.size() ≤ M and not 0; M no larger
  /// than the cell type's word; progress_interval not 0; as many initial registers as the machine
  /// has (or none), all below M. Precondition, not checked (see require_values_below): every cell
  /// is below M.
  [[nodiscard]] virtual RunResult run(MemoryView memory, const RunOptions& options) const = 0;

  /// Runs the program on many memories, one after the other or several at a time on this thread, to
  /// have other work while one waits for a cell that is not in the cache. Results as from run(), in
  /// the order of the memories; as many as there are memories.
  virtual void run_rows(std::span<const MemoryView> memories, const RunOptions& options,
                        std::span<RunResult> results) const;

  /// The same for rows of a batch (see run_batch). The preconditions of run() hold.
  virtual void run_rows(BatchPart& part, const RunOptions& options) const;

  /// The program's machine.
  [[nodiscard]] virtual const Machine& machine() const = 0;

  /// The name of the engine, as `--engine` spells it; of Engine::automatic, that of the engine
  /// which it has come to.
  [[nodiscard]] virtual std::string_view name() const = 0;
};

/// The executors there are.
enum class Engine : std::uint8_t {
  reference,    ///< short and obviously right; never optimised
  interpreter,  ///< optimised and decoded before the run
  jit,          ///< optimised and compiled to native code when it first runs; needs LLVM.
                ///< Interprets runs with initial registers or a modulus below 3, and programs of
                ///< hundreds of distinct steps, which are not worth compiling.
  automatic,    ///< interprets until some million steps were not vectorised, then goes on, in
                ///< the middle of a run if need be, as `jit`, if that is there
};

/// Whether Engine::jit is there: whether its plug-in, which needs LLVM, can be loaded. Asking loads
/// it, which costs the process 30 ms and 48 MB, as does making an executor for Engine::jit.
bool jit_available();

/// The engine of this name, or nothing.
std::optional<Engine> engine_named(std::string_view name);

/// An executor for the program; keeps no reference to it. The reference ignores `optimisations`.
/// Throws Error(usage) for an engine that this build does not have.
std::unique_ptr<Executor> make_executor(Engine engine, const Program& program,
                                        const OptimisationOptions& optimisations = {});

/// Runs the program on many memories in parallel (oneTBB); results are in the order of the memories
/// and do not depend on the number of threads. `options.on_progress` is called from any thread.
std::vector<RunResult> run_batch(const Executor& executor, std::span<const MemoryView> memories,
                                 const RunOptions& options);

/// "READ of address 91 in step 14 (memory has 20 cells; registers r0=91 r1=3)": the fault of a
/// result whose outcome is address_fault.
std::string describe_fault(const Machine& machine, const RunResult& result, std::size_t cells);

}  // namespace nram
