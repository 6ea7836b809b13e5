#pragma once

#include <string>

#include <nram/trainer/warm_start.hpp>

namespace nram {

/// Throws Error(usage): nothing can begin from this program, because of that difference.
[[noreturn]] void refuse_start(const WarmStart& start, const std::string& difference);

}  // namespace nram
