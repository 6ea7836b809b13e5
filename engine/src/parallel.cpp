#include "parallel_tbb.hpp"

#include <atomic>

#include <nram/engine/parallel.hpp>

namespace nram {
namespace {

// TBB orders what happens before, in and after the ranges, but ThreadSanitizer cannot see into its
// library. This says the same in a way it understands, at the cost of two atomic operations a
// range: whoever comes in acquires what everybody released who left before.
class Gate {
 public:
  explicit Gate(std::atomic<std::size_t>& passed) : passed_(passed) {
    (void)passed_.load(std::memory_order_acquire);
  }
  ~Gate() { passed_.fetch_add(1, std::memory_order_acq_rel); }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

 private:
  std::atomic<std::size_t>& passed_;
};

struct Work {
  explicit Work(const RangeBody& range_body) : body(&range_body) {
    passed.store(0, std::memory_order_release);
  }

  std::atomic<std::size_t> passed;
  const RangeBody* body;
};

void run_range(void* context, std::size_t begin, std::size_t end) {
  auto& work = *static_cast<Work*>(context);
  const Gate gate(work.passed);
  (*work.body)(begin, end);
}

}  // namespace

void parallel_ranges(std::size_t count, std::size_t grain, const RangeBody& body) {
  Work work(body);
  try {
    parallel::tbb_ranges(count, grain, run_range, &work);
  } catch (...) {
    const Gate gate(work.passed);
    throw;
  }
  const Gate gate(work.passed);
}

}  // namespace nram
