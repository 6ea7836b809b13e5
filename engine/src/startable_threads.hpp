#pragma once

#include <cstddef>

namespace nram::parallel {

/// How many of `wanted` threads can be started now, beside those there are: starts them, and waits
/// until the system has forgotten them again. TBB ends the process if it cannot start a thread, so
/// it has to be found out before. Some ten microseconds a thread.
std::size_t startable_threads(std::size_t wanted);

}  // namespace nram::parallel
