#pragma once

#include "trial.hpp"

#include <chrono>
#include <functional>

namespace nram::test {

/// A smaller trial that still fails: one memory if that is enough, with fewer and smaller cells,
/// fewer steps, rules, circuits, modules. Tries one reduction after the other until none helps or
/// the time is up. Precondition: fails(trial).
Trial shrunk(Trial trial, const std::function<bool(const Trial&)>& fails,
             std::chrono::steady_clock::duration time);

}  // namespace nram::test
