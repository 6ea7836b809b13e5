#pragma once

#include <cstddef>
#include <functional>

namespace nram {

/// Calls body(begin, end) for disjoint ranges that together are [0, count), in parallel (oneTBB),
/// and returns when all are done. Ranges have at least `grain` elements where possible. The first
/// exception of a body is passed on. Within a TBB arena its number of threads holds.
void parallel_ranges(std::size_t count, std::size_t grain,
                     const std::function<void(std::size_t begin, std::size_t end)>& body);

}  // namespace nram
