#include "warm_start_option.hpp"

#include <utility>
#include <variant>

#include <nram/model-io/exporter.hpp>
#include <nram/model-io/model_or_program.hpp>

namespace nram::cli {

WarmStart read_warm_start(const std::string& path) {
  std::variant<Model, Program> either = read_model_or_program(path);
  if (auto* const program = std::get_if<Program>(&either)) {
    return {std::move(*program), std::nullopt, path};
  }
  auto& model = std::get<Model>(either);
  Program program = export_model(model).program;
  return {std::move(program), std::move(model), path};
}

}  // namespace nram::cli
