#pragma once

#include <map>
#include <string>

#include <nram/engine/program.hpp>
#include <nram/model-io/model.hpp>

namespace nram {

/// A model whose argmax is the program: a feed-forward controller with one hidden unit for each
/// zero-mask, which is 1 under its mask and 0 under all others, and selectors that put a weight of
/// `certainty` on what the program chooses. Exporting it yields a program with the same behaviour.
///
/// Throws Error(usage) if the program has more than one controller state (a feed-forward controller
/// has none) or more than Model::max_hidden masks.
Model distil(const Program& program, std::map<std::string, std::string> metadata,
             float certainty = 16.0F);

}  // namespace nram
