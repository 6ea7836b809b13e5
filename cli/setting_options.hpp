#pragma once

#include <CLI/CLI.hpp>

#include <nram/trainer/settings.hpp>

namespace nram::cli {

/// Adds an option for every setting of a training run, in groups, with its default and range.
void add_settings(CLI::App& verb, Settings& settings);

/// Throws Error(usage) if a setting that was given does nothing beside the others: it is of an arm
/// that is switched off, of a network that there is not, or for files of examples only.
void require_effect(const CLI::App& verb, const Settings& settings, bool is_of_file);

}  // namespace nram::cli
