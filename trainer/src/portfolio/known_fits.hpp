#pragma once

// Models of earlier runs that fit the examples of this one.

#include "attempts/attempt.hpp"
#include "portfolio/choice.hpp"

#include <span>
#include <vector>

#include <nram/model-io/model.hpp>
#include <nram/trainer/progress.hpp>

namespace nram {

struct KnownFit {
  Model model;
  Fit fit;
  AttemptProgress attempt;  ///< the one that it says it comes from
};

/// Those whose programs are right on all examples of the file and stop; none for a task that draws
/// its examples.
std::vector<KnownFit> known_fits(const AttemptContext& context, std::span<const Model> models);

}  // namespace nram
