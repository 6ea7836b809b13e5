#pragma once

// What a training run with success ends with.

#include "poll.hpp"
#include "portfolio/finalists.hpp"
#include "portfolio/known_fits.hpp"

#include <optional>
#include <span>

#include <nram/engine/program.hpp>
#include <nram/model-io/model.hpp>
#include <nram/trainer/grade.hpp>
#include <nram/trainer/train.hpp>

namespace nram {

/// The model, which says for ever how far it can be trusted.
Model graded(const Model& model, const Assessment& assessment);

/// The program of the best model of a run without success. Who has cut the run short does not wait
/// for the states of a controller to be found: nothing then, if that takes long.
std::optional<Program> program_of(const Model& model, bool is_urgent);

/// The simplest of those that fit, at least one, known before or found. The report is completed.
/// Where `poll` throws Cancelled, the first of them, of which no more is known.
TrainResult chosen_result(const AttemptContext& context, std::span<const KnownFit> known,
                          std::span<const Finalist> found, TrainReport report, const Poll& poll);

}  // namespace nram
