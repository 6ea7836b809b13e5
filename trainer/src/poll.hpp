#pragma once

// How long work is cut short from outside.

#include <functional>

namespace nram {

/// What a Poll throws: the work under way is to end at once, and whatever it has computed so far is
/// to be dropped.
struct Cancelled {};

/// Asked many times a second by whatever works for long without returning; throws Cancelled when
/// that is to end. Empty: never. It may be called by any thread.
using Poll = std::function<void()>;

}  // namespace nram
