#include "evaluation/polled_executor.hpp"

#include <cstdint>
#include <exception>
#include <utility>

namespace nram {
namespace {

class PolledExecutor final : public Executor {
 public:
  PolledExecutor(std::unique_ptr<Executor> executor, Poll poll)
      : executor_(std::move(executor)), poll_(std::move(poll)) {}

  RunResult run(MemoryView memory, const RunOptions& options) const override {
    constexpr std::uint64_t a_few_milliseconds = 100000;  // of steps, in the interpreter
    poll_();
    RunOptions watched = options;
    std::exception_ptr cancelled;
    watched.progress_interval = a_few_milliseconds;
    watched.on_progress = [&](std::uint64_t) {
      try {
        poll_();
      } catch (...) {
        cancelled = std::current_exception();
      }
      return cancelled == nullptr;
    };
    const RunResult result = executor_->run(memory, watched);
    if (cancelled) {
      std::rethrow_exception(cancelled);
    }
    return result;
  }

  [[nodiscard]] const Machine& machine() const override { return executor_->machine(); }
  [[nodiscard]] std::string_view name() const override { return executor_->name(); }

 private:
  std::unique_ptr<Executor> executor_;
  Poll poll_;
};

}  // namespace

std::unique_ptr<Executor> make_polled(std::unique_ptr<Executor> executor, Poll poll) {
  return poll ? std::make_unique<PolledExecutor>(std::move(executor), std::move(poll))
              : std::move(executor);
}

}  // namespace nram
