#pragma once

// The one file that instantiates TBB's templates is compiled without ThreadSanitizer, which would
// report TBB's own tasks: it cannot see the synchronisation inside TBB's library.

#include <cstddef>

namespace nram::parallel {

/// Calls body(context, begin, end) for ranges that together are [0, count), in parallel.
void tbb_ranges(std::size_t count, std::size_t grain,
                void (*body)(void* context, std::size_t begin, std::size_t end), void* context);

}  // namespace nram::parallel
