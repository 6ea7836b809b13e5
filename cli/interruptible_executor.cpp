#include "interruptible_executor.hpp"

#include "interrupt.hpp"

#include <utility>

namespace nram::cli {
namespace {

class Interruptible final : public Executor {
 public:
  Interruptible(std::unique_ptr<Executor> executor, std::uint64_t interval,
                std::optional<std::uint64_t> steps)
      : executor_(std::move(executor)), interval_(interval), steps_(steps) {}

  RunResult run(MemoryView memory, const RunOptions& options) const override {
    RunOptions watched = options;
    watched.on_progress = [](std::uint64_t) { return !interrupted(); };
    watched.progress_interval = interval_;
    if (!steps_) {
      return executor_->run(memory, watched);
    }
    watched.step_limit = *steps_;
    RunResult result = executor_->run(memory, watched);
    result.outcome = result.outcome == Outcome::step_limit ? Outcome::finished : result.outcome;
    return result;
  }

  const Machine& machine() const override { return executor_->machine(); }
  std::string_view name() const override { return executor_->name(); }

 private:
  std::unique_ptr<Executor> executor_;
  std::uint64_t interval_;
  std::optional<std::uint64_t> steps_;
};

}  // namespace

std::unique_ptr<Executor> make_interruptible(std::unique_ptr<Executor> executor,
                                             std::uint64_t interval,
                                             std::optional<std::uint64_t> steps) {
  return std::make_unique<Interruptible>(std::move(executor), interval, steps);
}

}  // namespace nram::cli
