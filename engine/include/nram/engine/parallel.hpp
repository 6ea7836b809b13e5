#pragma once

#include <cstddef>
#include <functional>

namespace nram {

/// Works on the elements from begin to end - 1.
using RangeBody = std::function<void(std::size_t begin, std::size_t end)>;

/// Calls body(begin, end) for disjoint ranges that together are [0, count), in parallel (oneTBB),
/// and returns when all are done. Ranges have at least `grain` elements where possible. The first
/// exception of a body is passed on. Within a TBB arena its number of threads holds. A thread that
/// waits for the others does nothing but help with these ranges. If the system does not let this
/// process have as many threads as it may use, there are fewer.
void parallel_ranges(std::size_t count, std::size_t grain, const RangeBody& body);

/// How many threads parallel_ranges may use here.
std::size_t parallel_threads();

/// How many threads a program does well to use unless it is told otherwise: one for every core that
/// the process may run on, but no more than the quota of its control groups (of a container, say)
/// pays for. At least 1. Reads files of the system: some ten microseconds.
std::size_t default_threads();

}  // namespace nram
