#pragma once

#include <CLI/CLI.hpp>

namespace nram::cli {

/// Adds `--threads N` to a verb; 0, the default, means as many as default_threads() says.
void add_threads(CLI::App& verb, unsigned& threads);

/// Limits the threads of everything parallel until the process ends. The first call counts.
void limit_threads(unsigned threads);

/// The number of threads in force.
unsigned threads_in_force();

}  // namespace nram::cli
