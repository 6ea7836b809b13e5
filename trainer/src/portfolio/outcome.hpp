#pragma once

// What a training run with success ends with.

#include "portfolio/finalists.hpp"
#include "portfolio/known_fits.hpp"

#include <span>

#include <nram/trainer/grade.hpp>
#include <nram/trainer/train.hpp>

namespace nram {

/// The model, which says for ever how far it can be trusted.
Model graded(const Model& model, const Assessment& assessment);

/// The simplest of those that fit, at least one, known before or found. The report is completed.
TrainResult chosen_result(const AttemptContext& context, std::span<const KnownFit> known,
                          std::span<const Finalist> found, TrainReport report);

}  // namespace nram
