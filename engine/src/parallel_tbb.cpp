#include "parallel_tbb.hpp"

#include "cpu_quota.hpp"
#include "startable_threads.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <nram/engine/parallel.hpp>

namespace nram {
namespace {

// TBB ends the process when it cannot start a thread. So before it starts more of them than ever,
// it is tried whether they can be started; if not, there will be fewer, for good.
class Startable {
 public:
  void require(std::size_t threads) {
    if (threads <= tried_.load(std::memory_order_acquire)) {
      return;
    }
    const std::lock_guard lock(mutex_);
    const std::size_t had = tried_.load(std::memory_order_relaxed);
    if (limit_ || threads <= had) {
      return;
    }
    const std::size_t more = threads - had;
    if (const std::size_t started = parallel::startable_threads(more); started < more) {
      // Not all of them: others, too, may want some.
      limit_.emplace(tbb::global_control::max_allowed_parallelism, had + started / 2);
    }
    tried_.store(threads, std::memory_order_release);
  }

 private:
  std::mutex mutex_;
  std::atomic<std::size_t> tried_{1};  // this one is there
  std::optional<tbb::global_control> limit_;
};

Startable& startable() {
  static auto& all = *new Startable;  // outlives whoever may still be running
  return all;
}

}  // namespace

void parallel::tbb_ranges(std::size_t count, std::size_t grain,
                          void (*body)(void* context, std::size_t begin, std::size_t end),
                          void* context) {
  if (count > grain) {
    startable().require(parallel_threads());
  }
  tbb::this_task_arena::isolate([=] {
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, count, grain),
                      [=](const auto& range) { body(context, range.begin(), range.end()); });
  });
}

std::size_t parallel_threads() {
  const auto here = static_cast<std::size_t>(tbb::this_task_arena::max_concurrency());
  return std::min(here,
                  tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism));
}

std::size_t default_threads() {
  const auto cores = static_cast<std::size_t>(std::max(1, tbb::info::default_concurrency()));
  const std::optional<double> quota = parallel::cpu_quota();
  return quota ? parallel::threads_within(*quota, cores) : cores;
}

}  // namespace nram
