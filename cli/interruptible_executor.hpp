#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <nram/engine/executor.hpp>

namespace nram::cli {

/// The same executor, whose runs end, cancelled, after Ctrl-C: for callers that do not ask for
/// progress themselves. It is looked for every `interval` steps.
/// A run that reaches `steps`, if that is given, is finished.
std::unique_ptr<Executor> make_interruptible(std::unique_ptr<Executor> executor,
                                             std::uint64_t interval,
                                             std::optional<std::uint64_t> steps = {});

}  // namespace nram::cli
