#include "interruptible_executor.hpp"

#include "interrupt.hpp"

#include <utility>

namespace nram::cli {
namespace {

class Interruptible final : public Executor {
 public:
  Interruptible(std::unique_ptr<Executor> executor, std::uint64_t interval)
      : executor_(std::move(executor)), interval_(interval) {}

  RunResult run(MemoryView memory, const RunOptions& options) const override {
    RunOptions watched = options;
    watched.on_progress = [](std::uint64_t) { return !interrupted(); };
    watched.progress_interval = interval_;
    return executor_->run(memory, watched);
  }

  const Machine& machine() const override { return executor_->machine(); }
  std::string_view name() const override { return executor_->name(); }

 private:
  std::unique_ptr<Executor> executor_;
  std::uint64_t interval_;
};

}  // namespace

std::unique_ptr<Executor> make_interruptible(std::unique_ptr<Executor> executor,
                                             std::uint64_t interval) {
  return std::make_unique<Interruptible>(std::move(executor), interval);
}

}  // namespace nram::cli
