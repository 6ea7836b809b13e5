#pragma once

#include "poll.hpp"

#include <optional>

#include <nram/engine/program.hpp>
#include <nram/model-io/model.hpp>

namespace nram {

/// The program of a model that is being learned; nothing if it is a recurrent controller whose
/// states do not close, few as they have to be for a program that is worth testing. What `poll`
/// throws comes out.
std::optional<Program> hard_program(const Model& model, const Poll& poll);

}  // namespace nram
