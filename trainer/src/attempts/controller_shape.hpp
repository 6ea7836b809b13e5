#pragma once

#include <nram/model-io/model.hpp>
#include <nram/trainer/settings.hpp>

namespace nram {

/// The controller that the settings ask for.
ControllerShape controller_of(const Settings& settings);

}  // namespace nram
