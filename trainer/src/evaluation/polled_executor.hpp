#pragma once

#include "poll.hpp"

#include <memory>

#include <nram/engine/executor.hpp>

namespace nram {

/// The executor, whose runs ask `poll` before they begin and every so many steps. What that throws
/// comes out of run().
std::unique_ptr<Executor> make_polled(std::unique_ptr<Executor> executor, Poll poll);

}  // namespace nram
