#pragma once

#include "exit_code.hpp"

#include <functional>

#include <CLI/CLI.hpp>

namespace nram::cli {

/// What the command line asks for, ready to run: parsing chooses it, main() runs it. It may throw
/// nram::Error, which main() prints and maps to an exit code, or Interrupted.
using Verb = std::function<ExitCode()>;

// Each adds one verb: a subcommand of `app` with its options and an example in its footer, whose
// callback sets `chosen`. One file a verb, named after it.
void add_tasks(CLI::App& app, Verb& chosen);
void add_example(CLI::App& app, Verb& chosen);
void add_examples(CLI::App& app, Verb& chosen);
void add_train(CLI::App& app, Verb& chosen);
void add_export(CLI::App& app, Verb& chosen);
void add_run(CLI::App& app, Verb& chosen);
void add_eval(CLI::App& app, Verb& chosen);
void add_inspect(CLI::App& app, Verb& chosen);
void add_explore(CLI::App& app, Verb& chosen);
void add_diff(CLI::App& app, Verb& chosen);
void add_minimise(CLI::App& app, Verb& chosen);
void add_curves(CLI::App& app, Verb& chosen);
void add_help(CLI::App& app, Verb& chosen);
void add_completion(CLI::App& app, Verb& chosen);
void add_manual(CLI::App& app, Verb& chosen);

}  // namespace nram::cli
