#include "parallel_tbb.hpp"

#include <atomic>

#include <nram/engine/parallel.hpp>

namespace nram {

void parallel_ranges(std::size_t count, std::size_t grain,
                     const std::function<void(std::size_t begin, std::size_t end)>& body) {
  // TBB orders what happens before, in and after the tasks, but ThreadSanitizer cannot see into it;
  // this says the same in a way it understands, at the cost of two atomic operations a range.
  std::atomic<std::size_t> done = 0;
  done.store(0, std::memory_order_release);
  tbb_ranges(count, grain, [&](std::size_t begin, std::size_t end) {
    (void)done.load(std::memory_order_acquire);
    body(begin, end);
    done.fetch_add(end - begin, std::memory_order_acq_rel);
  });
  (void)done.load(std::memory_order_acquire);
}

}  // namespace nram
