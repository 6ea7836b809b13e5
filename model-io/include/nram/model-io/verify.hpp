#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nram/engine/program.hpp>
#include <nram/model-io/model.hpp>

namespace nram {

/// The zero-masks that a controller sees in the steps of one run (bit i: register i is zero).
using MaskRun = std::vector<std::uint32_t>;

/// The first step in which a program does something else than the model's controller.
struct Disagreement {
  MaskRun masks;           ///< of the run up to that step, which is the last one
  std::string selector;    ///< the first that differs: "ADD[1]", "r2" or "finish"
  std::string controller;  ///< what the live controller chooses: a source, "stop" or "go on"
  std::string program;     ///< what the program chooses

  /// "step 18, under r0=0 r1≠0: the controller chooses INC for r2, the program READ".
  [[nodiscard]] std::string text(const Machine& machine) const;
};

/// How a comparison went; it ends with the first disagreement.
struct Verification {
  std::uint64_t steps = 0;  ///< in how many steps both did the same
  std::optional<Disagreement> first{};
};

/// Compares a program with the live controller of a model, on sequences of masks instead of
/// memories: what a run does is decided by them. Circuits that do the same count as the same
/// (arguments of modules that do not matter may differ).
///
/// Draws runs of 16 to 4,096 steps in which registers are zero or not at random, changing in every
/// step, hardly ever, or anything between, until `steps` steps were compared; a run ends early
/// where both finish. Equal seeds give equal runs. Throws Error(usage) if program and model are not
/// of the same machine. O(steps · parameters).
Verification verify_on_random_runs(const Model& model, const Program& program, std::uint64_t steps,
                                   std::uint64_t seed);

/// The same on given runs, such as those that live_masks has seen on examples. If there is no
/// disagreement on the masks of a live run, the program's run on that memory is the same one.
/// Throws Error(usage) also if a mask is not one of the machine's.
Verification verify_on_runs(const Model& model, const Program& program,
                            std::span<const MaskRun> runs);

}  // namespace nram
