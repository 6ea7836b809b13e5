#include "evaluation/hard_program.hpp"

#include <cstddef>

#include <nram/model-io/exporter.hpp>

namespace nram {

std::optional<Program> hard_program(const Model& model, const Poll& poll) {
  constexpr std::size_t most_states = 256;
  if (model.controller().kind != ControllerKind::lstm) {
    return discretise(model);
  }
  ExportOptions options;
  options.max_states = most_states;
  options.poll = poll;
  try {
    return discretise(model, options);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace nram
