#include "parallel_tbb.hpp"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>

namespace nram {

void tbb_ranges(std::size_t count, std::size_t grain,
                const std::function<void(std::size_t, std::size_t)>& body) {
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, count, grain),
                    [&](const auto& range) { body(range.begin(), range.end()); });
}

}  // namespace nram
