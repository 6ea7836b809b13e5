#pragma once

// The one file that instantiates TBB's templates is compiled without ThreadSanitizer, which would
// report TBB's own tasks: it cannot see the synchronisation inside TBB's library.

#include <cstddef>
#include <functional>

namespace nram {

void tbb_ranges(std::size_t count, std::size_t grain,
                const std::function<void(std::size_t, std::size_t)>& body);

}  // namespace nram
