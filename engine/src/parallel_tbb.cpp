#include "parallel_tbb.hpp"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>

namespace nram {

void tbb_ranges(std::size_t count, std::size_t grain,
                void (*body)(void* context, std::size_t begin, std::size_t end), void* context) {
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, count, grain),
                    [=](const auto& range) { body(context, range.begin(), range.end()); });
}

}  // namespace nram
