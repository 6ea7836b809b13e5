#pragma once

// What the controller of a feed-forward model says under every zero-mask, and how the cost changes
// with it: where the search that repairs the model's program gets its proposals from.

#include <functional>
#include <span>
#include <vector>

#include <nram/model-io/example.hpp>
#include <nram/model-io/model.hpp>
#include <nram/trainer/soft_machine.hpp>

namespace nram {

/// The S logits under every zero-mask, one mask after the other, each in the order of
/// SelectorLayout. The model's controller must be a feed-forward one.
std::vector<float> soft_table(const Model& model);

/// The model whose controller says exactly this under every zero-mask, and between them where it is
/// not certain which registers are zero: one hidden unit for each mask, which is on under that mask
/// and off under any other.
Model model_of_table(const Machine& machine, std::span<const float> table);

/// The table with what examples say about the program that is its most probable choices: the logit
/// of each choice falls by `rate` for each standard deviation, over the choices of its row, of the
/// slope of the cost as probability goes to it. The cost's gradient is taken where that program is
/// softened a little, half of it towards the table's own distributions and half evenly. The table
/// as it is if the cost is not a finite number. `poll` as in SoftWorkspace.
std::vector<float> informed_table(const Machine& machine, std::span<const float> table,
                                  std::span<const LaneGroup> batch, const CostSettings& cost,
                                  double rate, const std::function<void()>& poll = {});

}  // namespace nram
