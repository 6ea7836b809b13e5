#pragma once

#include <string>

#include <nram/trainer/warm_start.hpp>

namespace nram::cli {

/// The model or program of --warm-start. Throws Error(data) if a model has no program, and as
/// read_model_or_program does.
WarmStart read_warm_start(const std::string& path);

}  // namespace nram::cli
