#include "parallel_tbb.hpp"

#include <algorithm>

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <nram/engine/parallel.hpp>

namespace nram {

void parallel::tbb_ranges(std::size_t count, std::size_t grain,
                          void (*body)(void* context, std::size_t begin, std::size_t end),
                          void* context) {
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

}  // namespace nram
