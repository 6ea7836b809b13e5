#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include <nram/engine/executor.hpp>
#include <nram/engine/stepped_run.hpp>
#include <nram/model-io/model.hpp>

namespace nram {

/// The hard machine with the model's own controller instead of a program: in each step the network
/// is run on the bits r_i == 0, every selector takes its most probable source (the lowest index of
/// equals), and the run ends after a step whose willingness to finish is above 1/2. What an LSTM
/// carries from step to step stays in floating point, so its states need not be finitely many.
///
/// Results are those of a program exported from the model, if there is one, but for
/// RunResult::state, which is always 0. Everything else is as Executor promises. A run takes
/// O(parameters + modules) a step, a thousand times what a program takes, and memory for the
/// state of the network, whatever the number of steps: give RunOptions::progress_interval
/// accordingly. Its name is "live".
std::unique_ptr<Executor> make_live_executor(Model model);

/// The zero-mask at the start of every step of such a run, the one that faulted included: what the
/// controller has seen. Changes the memory as the run does. O(steps) memory.
///
/// Throws as Executor::run does; on_progress is ignored.
std::vector<std::uint32_t> live_masks(const Model& model, MemoryView memory,
                                      const RunOptions& options);

/// The same controller for one run that is followed step by step: a SteppedRun with it does what
/// the executor does. `see` is given the network's outputs, the logits, in every step. The model
/// has to stay.
SteppedRun::Controller live_controller(const Model& model,
                                       std::function<void(std::span<const float> logits)> see = {});

}  // namespace nram
