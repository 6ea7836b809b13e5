#pragma once

// What the controller of a feed-forward model says under every zero-mask, and how the cost changes
// with it: where the search that mends the model's program gets its proposals from.

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

/// How the cost of examples changes with the table.
struct TableGradient {
  double rate = 1.0;
  double softness = 0.05;  ///< probability that is spread over the other choices
  double hardness = 0.0;
};

/// The table with what the examples say about it: the logit of each choice falls by `rate` for each
/// standard deviation (of the row's choices) that the cost rises as probability goes to it.
std::vector<float> informed_table(const Machine& machine, std::span<const float> table,
                                  std::span<const LaneGroup> batch, const CostSettings& cost,
                                  const TableGradient& settings);

}  // namespace nram
