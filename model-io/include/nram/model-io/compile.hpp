#pragma once

#include <map>
#include <string>

#include <nram/engine/program.hpp>
#include <nram/model-io/model.hpp>

namespace nram {

/// A model whose argmax is the program: one hidden unit for each rule of the program
/// (brought into a form in which no two rules match at once), which is on in the steps that the
/// rule decides and 0 in all others, and selectors that put a logit of `certainty` on what it
/// chooses. A program with one state becomes a feed-forward controller, one with more an LSTM.
/// Exporting the model yields a program with the same behaviour and, unless `metadata` says
/// otherwise, the same meaning.
///
/// Throws Error(usage) if the program has more than Model::max_hidden rules. O(rules · (rules +
/// S)).
Model compile_to_weights(const Program& program, std::map<std::string, std::string> metadata,
                         float certainty = 16.0F);

}  // namespace nram
