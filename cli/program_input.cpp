#include "program_input.hpp"

#include <variant>

#include <fmt/format.h>

#include <nram/model-io/model_or_program.hpp>

namespace nram::cli {

ExportOptions export_options() {
  ExportOptions options;
  options.checked_steps = 1U << 16U;
  return options;
}

Exported export_from(const Model& model, const std::string& path, const ExportOptions& options) {
  try {
    return export_model(model, options);
  } catch (const NotFinite& error) {
    throw NotFinite(
        fmt::format("{}: {}. `nram run {} INPUT -o OUTPUT` and `nram eval {}` run the model itself",
                    path, error.what(), path, path),
        error.states_seen(), error.tolerance(), error.verification());
  }
}

Program read_program_or_model(const std::string& path) {
  auto content = read_model_or_program(path);
  if (auto* const program = std::get_if<Program>(&content)) {
    return std::move(*program);
  }
  return export_from(std::get<Model>(content), path).program;
}

}  // namespace nram::cli
