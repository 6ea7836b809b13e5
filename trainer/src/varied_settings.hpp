#pragma once

// Attempts by gradient, each with settings of its own: which ones suit a task is not known, and
// many short attempts are better than one with the settings that are best on average.

#include <cstdint>

#include <nram/trainer/settings.hpp>

namespace nram {

/// The settings of attempt `number` by gradient: the given ones, of which the step size, the price
/// of a step, the slack of steps and the weight of the cells that are not results are scattered if
/// Settings::vary says so. Whether a program has to be clean to pass is not for an attempt to say.
Settings varied_settings(const Settings& settings, std::uint64_t number);

}  // namespace nram
