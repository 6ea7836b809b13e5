#pragma once

#include <map>
#include <string>

#include <nram/engine/program.hpp>
#include <nram/model-io/exporter.hpp>

namespace nram::cli {

/// Says on standard error that what is in a file was not solved, does not generalise or is
/// ambiguous, if its metadata say so.
void warn_of_reserve(const std::string& path, const std::map<std::string, std::string>& metadata);

/// How the command exports models: checked longer than the library does unless asked.
ExportOptions export_options();

/// The program of the model in a file; `path` begins the message of NotFinite, which ends with what
/// to do about it.
Exported export_from(const Model& model, const std::string& path,
                     const ExportOptions& options = export_options());

/// The program in a file, or the program of the model in it (see read_model_or_program). Throws
/// Error as that and export_from do.
Program read_program_or_model(const std::string& path);

}  // namespace nram::cli
