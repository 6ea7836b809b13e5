#pragma once

#include <vector>

#include <nram/model-io/model.hpp>
#include <nram/trainer/random.hpp>
#include <nram/trainer/settings.hpp>

namespace nram {

/// The controller that the settings ask for.
ControllerShape controller_of(const Settings& settings);

/// Its parameters before training: normal weights scaled by fan-in, zero biases.
std::vector<float> initial_parameters(const Machine& machine, const Settings& settings,
                                      Random& random);

}  // namespace nram
