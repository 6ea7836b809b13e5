#include "program_input.hpp"

#include "output.hpp"

#include <variant>

#include <fmt/format.h>

#include <nram/model-io/model_or_program.hpp>
#include <nram/trainer/grade.hpp>

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

void warn_of_reserve(const std::string& path, const std::map<std::string, std::string>& metadata) {
  if (const auto reserve = reserve_of(metadata)) {
    complain(fmt::format("warning: {} {}", path, *reserve));
  }
}

Program read_program_or_model(const std::string& path) {
  auto content = read_model_or_program(path);
  auto* const written = std::get_if<Program>(&content);
  Program program = written != nullptr ? std::move(*written)
                                       : export_from(std::get<Model>(content), path).program;
  warn_of_reserve(path, program.metadata());
  return program;
}

}  // namespace nram::cli
