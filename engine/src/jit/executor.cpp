// The executor that runs programs as native code.

#include "../executors.hpp"
#include "../loops/drive.hpp"
#include "code_cache.hpp"
#include "interleave.hpp"
#include "sequential.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include <nram/engine/batch.hpp>

namespace nram::executors {
namespace {

using jit::Compiled;
using jit::NativeRun;

class Jit final : public ResumableExecutor {
 public:
  Jit(const Program& program, const OptimisationOptions& optimisations, WithoutCode without)
      : program_(program),
        optimisations_(optimisations),
        code_(program_, optimisations_, without),
        interpreter_(make_interpreter(program, optimisations)) {}

  RunResult run(MemoryView memory, const RunOptions& options) const override {
    require_runnable(program_.machine(), memory, options);
    const Compiled* const compiled = code_.code_for(memory, options);
    if (compiled == nullptr) {
      return interpreter_->run(memory, options);
    }
    NativeRun native = compiled->new_run(options);
    const bool has_slice = options.step_limit != 0 && options.speculation != Speculation::always;
    if (has_slice) {
      // Most runs end in here, without what goes on with long ones.
      native.stop_at = end_of_first_slice(*compiled, options);
      const auto [cells, size] = std::visit(
          [](auto span) { return std::pair<void*, std::size_t>(span.data(), span.size()); },
          memory.cells());
      const std::uint32_t reason = compiled->function(cells, size, &native);
      if (reason != jit::native_steps_done) {
        return result_of(
            native, reason == jit::native_finished ? Outcome::finished : Outcome::address_fault);
      }
    }
    return std::visit(
        [&]<typename Cell>(std::span<Cell> cells) {
          return has_slice ? go_on_after_slice(*compiled, cells, options, native, true)
                           : run_native(*compiled, cells, options, native);
        },
        memory.cells());
  }

  bool can_run(MemoryView memory, const RunOptions& options) const override {
    return code_.code_for(memory, options) != nullptr;
  }

  void go_on(MemoryView memory, const RunOptions& options, RunResult& result,
             std::size_t& block) const override {
    const Compiled& compiled = *code_.code_for(memory, options);
    NativeRun native = compiled.new_run(options);
    if (!result.registers.empty()) {
      native.block = static_cast<std::uint32_t>(block);
      native.steps = result.steps;
      native.state = result.state;
      native.vectorised_steps = result.vectorised_steps;
      std::copy(result.registers.begin(), result.registers.end(), native.registers);
    }
    std::visit(
        [&]<typename Cell>(std::span<Cell> cells) {
          result = run_native(compiled, cells, options, native, &block);
        },
        memory.cells());
  }

  // Until a run has shown that it is worth it to interleave, memories run alone. Those of another
  // size or cell type than the first may need other code and always run alone.
  void run_rows(std::span<const MemoryView> memories, const RunOptions& options,
                std::span<RunResult> results) const override {
    std::vector<std::size_t> together;
    bool chases = false;
    for (std::size_t i = 0; i < memories.size(); ++i) {
      if (chases && memories[i].type() == memories[0].type() &&
          memories[i].size() == memories[0].size()) {
        require_runnable(program_.machine(), memories[i], options);
        together.push_back(i);
      } else {
        results[i] = run_and_learn(memories[i], options, chases);
      }
    }
    const Compiled* const compiled =
        together.empty() ? nullptr : code_.code_for(memories[0], options);
    if (compiled == nullptr) {
      for (const std::size_t i : together) {
        results[i] = run(memories[i], options);
      }
      return;
    }
    interleave(
        *compiled, together.size(), options, [&](std::size_t i) { return memories[together[i]]; },
        [&](std::size_t i, RunResult result) { results[together[i]] = std::move(result); });
  }

  void run_rows(BatchPart& part, const RunOptions& options) const override {
    const Compiled* const compiled = code_.code_for(part.memory(0), options);
    if (compiled == nullptr) {
      interpreter_->run_rows(part, options);
      return;
    }
    if (options.step_limit == 0) {
      Executor::run_rows(part, options);
      return;
    }
    std::size_t done = 0;
    bool chases = false;
    if (may_interleave(options)) {
      part.set(0, run_and_learn(part.memory(0), options, chases));
      done = 1;
    }
    if (chases) {
      interleave(
          *compiled, part.size() - done, options,
          [&](std::size_t i) { return part.memory(done + i); },
          [&](std::size_t i, RunResult result) { part.set(done + i, std::move(result)); });
      return;
    }
    std::visit(
        [&]<typename Cell>(std::span<Cell> /*of the first*/) {
          rows<Cell>(*compiled, part, done, options);
        },
        part.memory(0).cells());
  }

  const Machine& machine() const override { return program_.machine(); }
  std::string_view name() const override { return "jit"; }

 private:
  static bool may_interleave(const RunOptions& options) {
    return options.speculation != Speculation::never && options.registers.empty() &&
           options.step_limit != 0;
  }

  // Runs one memory of many. It says about the rest whether they chase pointers: whether the run
  // was long and waited for the memory in its steps.
  RunResult run_and_learn(MemoryView memory, const RunOptions& options, bool& chases) const {
    constexpr std::uint64_t long_run = 256;
    constexpr std::chrono::nanoseconds step_that_waits(10);
    (void)code_.code_for(memory, options);  // compiling is not part of it
    const auto start = std::chrono::steady_clock::now();
    RunResult result = run(memory, options);
    const auto time = std::chrono::steady_clock::now() - start;
    const std::uint64_t steps = result.steps - result.vectorised_steps;
    const bool waits =
        steps >= long_run && steps > result.vectorised_steps && time > step_that_waits * steps;
    chases = may_interleave(options) && (waits || options.speculation == Speculation::always);
    return result;
  }

  // Runs to the end from where `native` stands; there, `block` is where it would go on.
  template <typename Cell>
  RunResult run_native(const Compiled& compiled, std::span<Cell> memory, const RunOptions& options,
                       const NativeRun& native, std::size_t* block = nullptr,
                       bool looks_first = false) const {
    const bool may_stay = options.speculation == Speculation::worthwhile;
    jit::Sequential<Cell> sequential(compiled, program_.machine(), memory, options.modulus,
                                     may_stay, native);
    std::uint64_t vectorised_steps = 0;
    const Outcome outcome = loops::drive<Cell>(sequential, options, vectorised_steps, looks_first);
    RunResult result = result_of(sequential.native(), outcome);
    result.vectorised_steps += vectorised_steps;
    if (block != nullptr) {
      *block = sequential.native().block;
    }
    return result;
  }

  RunResult result_of(const NativeRun& native, Outcome outcome) const {
    RunResult result;
    result.outcome = outcome;
    if (outcome == Outcome::address_fault) {
      result.fault = AddressFault{native.fault_module, native.fault_address};
    }
    result.steps = native.steps;
    result.state = native.state;
    result.registers.assign(native.registers, native.registers + program_.machine().registers());
    result.vectorised_steps = native.vectorised_steps;
    return result;
  }

  template <typename MemoryOf, typename Set>
  void interleave(const Compiled& compiled, std::size_t runs, const RunOptions& options,
                  MemoryOf memory_of, Set set) const {
    const auto start = [&](std::size_t i) {
      NativeRun run = compiled.new_run(options);
      std::fill(std::begin(run.credit), std::end(run.credit), 0);  // one step at a time
      run.cells =
          std::visit([](auto cells) -> void* { return cells.data(); }, memory_of(i).cells());
      return run;
    };
    const auto end = [&](std::size_t i, const NativeRun& run, Outcome outcome) {
      set(i, result_of(run, outcome));
    };
    if (runs != 0) {
      jit::interleave(compiled.function, runs, memory_of(0).size(), options, start, end);
    }
  }

  // The rows of a part from `row` on, one after the other. The code returns only for those that
  // fault or take many steps.
  template <typename Cell>
  void rows(const Compiled& compiled, BatchPart& part, std::size_t row,
            const RunOptions& options) const {
    NativeRun start = compiled.new_run(options);
    start.row_bytes = part.cells_per_row() * sizeof(Cell);
    start.stop_at = end_of_first_slice(compiled, options);
    while (row < part.size()) {
      NativeRun run = start;
      run.rows_left = part.size() - 1 - row;
      run.ends = part.end(row);
      run.kept = part.kept(row);
      const std::span<Cell> first = std::get<std::span<Cell>>(part.memory(row).cells());
      const std::uint32_t reason = compiled.function(first.data(), first.size(), &run);
      row = part.size() - 1 - run.rows_left;
      part.count_vectorised_steps(std::exchange(run.vectorised_steps, 0));
      run.rows_left = 0;
      if (reason == jit::native_steps_done) {
        part.set(row,
                 go_on_after_slice(compiled, std::get<std::span<Cell>>(part.memory(row).cells()),
                                   options, run, false));
      } else {
        part.set(row, result_of(run, reason == jit::native_finished ? Outcome::finished
                                                                    : Outcome::address_fault));
      }
      ++row;
    }
  }

  // How far a run goes before anybody looks for loops, or is told of its progress.
  static std::uint64_t end_of_first_slice(const Compiled& compiled, const RunOptions& options) {
    std::uint64_t end = options.step_limit;
    if (options.on_progress) {
      end = std::min(end, options.progress_interval);
    }
    return options.speculation == Speculation::never ? end
                                                     : std::min(end, compiled.first_pause(false));
  }

  // As run_native, for a run that may just have come to where progress is due.
  template <typename Cell>
  RunResult go_on_after_slice(const Compiled& compiled, std::span<Cell> memory,
                              const RunOptions& options, const NativeRun& native,
                              bool looks_first) const {
    if (options.on_progress && native.steps % options.progress_interval == 0 &&
        !options.on_progress(native.steps)) {
      return result_of(native, Outcome::cancelled);
    }
    return run_native(compiled, memory, options, native, nullptr, looks_first);
  }

  Program program_;
  OptimisationOptions optimisations_;
  jit::CodeCache code_;
  std::unique_ptr<Executor> interpreter_;
};

}  // namespace

std::unique_ptr<ResumableExecutor> make_jit(const Program& program,
                                            const OptimisationOptions& optimisations,
                                            WithoutCode without) {
  return std::make_unique<Jit>(program, optimisations, without);
}

}  // namespace nram::executors
