#pragma once

#include <functional>
#include <span>
#include <vector>

#include <nram/model-io/example.hpp>
#include <nram/model-io/export_report.hpp>
#include <nram/model-io/verify.hpp>

namespace nram {

/// Called between two examples; may throw to end what takes too long.
using BetweenExamples = std::function<void()>;

/// What the live controller of a model sees in its runs on examples: what its program must do the
/// same in.
std::vector<MaskRun> runs_of(
    const Model& model, std::span<const Example> examples, const BetweenExamples& between = [] {});

/// The report of an export, with what only running both machines tells: which situations the
/// program meets on the examples, how right soft and hard machine are, and the first step after
/// which they disagree. Examples too large for the soft machine count for the hard one only; those
/// without a budget of steps are given the steps that the program takes.
ExportReport compare_soft_and_hard(
    const Model& model, const Exported& exported, std::span<const Example> examples,
    const BetweenExamples& between = [] {});

}  // namespace nram
