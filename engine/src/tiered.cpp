// Interprets a program until it has turned out to be worth compiling: compiling takes a multiple of
// the time of most runs, and of others next to nothing. A long run is taken over by native code
// between two steps.

#include "executors.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>

#include <nram/engine/batch.hpp>

namespace nram::executors {
namespace {

// Steps that take as long as beginning and ending a run.
constexpr std::uint64_t steps_of_a_start = 32;

class Tiered final : public Executor {
 public:
  Tiered(const Program& program, const OptimisationOptions& optimisations, std::uint64_t threshold)
      : program_(program),
        optimisations_(optimisations),
        threshold_(threshold),
        interpreter_(make_interpreter(program, optimisations)) {}

  RunResult run(MemoryView memory, const RunOptions& options) const override {
    require_runnable(program_.machine(), memory, options);
    if (runs_as_written(options)) {
      return interpreter_->run(memory, options);
    }
    RunResult result;
    std::size_t block = 0;
    bool ended = false;
    std::uint64_t slice = threshold_;
    while (!ended) {
      const ResumableExecutor& executor = executor_for(memory, options);
      const std::uint64_t before = result.steps - result.vectorised_steps;
      const bool is_interpreted = &executor == interpreter_.get();
      RunOptions part = options;
      if (is_interpreted) {
        part.step_limit = std::min(slice, options.step_limit - result.steps) + result.steps;
      }
      executor.go_on(memory, part, result, block);
      if (is_interpreted) {
        interpreted_ += result.steps - result.vectorised_steps - before + steps_of_a_start;
      }
      ended = result.outcome != Outcome::step_limit || result.steps == options.step_limit;
      slice = std::max(slice, result.steps);  // of vectorised loops: few stops
    }
    return result;
  }

  void run_rows(std::span<const MemoryView> memories, const RunOptions& options,
                std::span<RunResult> results) const override {
    std::size_t i = 0;
    while (i < memories.size() && !compiled(memories[i], options)) {
      results[i] = run(memories[i], options);
      ++i;
    }
    if (i < memories.size()) {
      jit_->run_rows(memories.subspan(i), options, results.subspan(i));
    }
  }

  void run_rows(BatchPart& part, const RunOptions& options) const override {
    if (compiled(part.memory(0), options)) {
      jit_->run_rows(part, options);
    } else {
      Executor::run_rows(part, options);
    }
  }

  const Machine& machine() const override { return program_.machine(); }
  std::string_view name() const override {
    return uses_jit_ ? std::string_view("jit") : interpreter_->name();
  }

 private:
  const ResumableExecutor& executor_for(MemoryView memory, const RunOptions& options) const {
    return compiled(memory, options) ? *jit_ : *interpreter_;
  }

  // Whether the program is compiled for this kind of run, because it is worth it and possible.
  bool compiled(MemoryView memory, const RunOptions& options) const {
    if (interpreted_ < threshold_ || runs_as_written(options)) {
      return false;
    }
    std::call_once(loaded_, [this] {
      if (jit_available()) {
        jit_ = make_jit(program_, optimisations_, WithoutCode::interprets);
      }
    });
    const bool possible = jit_ != nullptr && jit_->can_run(memory, options);
    uses_jit_ = uses_jit_ || possible;
    return possible;
  }

  Program program_;
  OptimisationOptions optimisations_;
  std::uint64_t threshold_;
  std::unique_ptr<ResumableExecutor> interpreter_;
  mutable std::once_flag loaded_;
  mutable std::unique_ptr<ResumableExecutor> jit_;
  mutable std::atomic<std::uint64_t> interpreted_{0};  ///< steps so far
  mutable std::atomic<bool> uses_jit_{false};
};

}  // namespace

std::unique_ptr<Executor> make_tiered(const Program& program,
                                      const OptimisationOptions& optimisations,
                                      std::uint64_t threshold) {
  return std::make_unique<Tiered>(program, optimisations, threshold);
}

}  // namespace nram::executors
