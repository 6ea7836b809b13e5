#include "declaration.hpp"
#include "file_names.hpp"
#include "help_text.hpp"
#include "interrupt.hpp"
#include "output.hpp"
#include "terminal.hpp"
#include "usage_error.hpp"
#include "verbs.hpp"

#include <cstdlib>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>

#include <CLI/CLI.hpp>

#include <nram/engine/error.hpp>
#include <nram/model-io/exporter.hpp>

namespace nram::cli {
namespace {

constexpr auto description =
    "Learns small register-machine programs from examples, turns them into circuits and runs them "
    "on memories of any size.";

constexpr auto footer =
    "Exit codes: 0 done; 1 ran but did not succeed; 2 wrong usage; 3 bad file or data;\n"
    "130 interrupted. `nram help VERB` has examples; `nram manual` and docs/ say more.";

ExitCode exit_code_of(ErrorKind kind) {
  return kind == ErrorKind::usage ? ExitCode::usage : ExitCode::data;
}

std::string help_of(const CLI::App& app) {
  const auto verbs = app.get_subcommands();
  return verbs.empty() ? help_text(declared_command(app), text_width())
                       : help_text(declared_verb(*verbs.front()), text_width());
}

/// Chooses the verb; nothing if --help or --version have been answered.
Verb parse(int argc, char** argv) {
  Verb chosen;
  CLI::App app{description, "nram"};
  app.set_help_flag("-h,--help", "Show this and end");
  app.set_version_flag("-V,--version", "nram " NRAM_VERSION, "Show the version and end");
  app.footer(footer);
  app.require_subcommand(1);
  add_tasks(app, chosen);
  add_example(app, chosen);
  add_examples(app, chosen);
  add_train(app, chosen);
  add_export(app, chosen);
  add_run(app, chosen);
  add_eval(app, chosen);
  add_inspect(app, chosen);
  add_explore(app, chosen);
  add_diff(app, chosen);
  add_minimise(app, chosen);
  add_curves(app, chosen);
  add_help(app, chosen);
  add_completion(app, chosen);
  add_manual(app, chosen);
  try {
    app.parse(argc, argv);
    for (const CLI::App* verb : app.get_subcommands()) {
      require_sensible_names(*verb);
    }
  } catch (const CLI::CallForVersion&) {
    print_text(app.version() + "\n");
    chosen = nullptr;
  } catch (const CLI::CallForHelp&) {
    print_text(help_of(app));
    chosen = nullptr;
  } catch (const CLI::Success&) {  // an option has done all there was to do
    chosen = nullptr;
  } catch (const CLI::ParseError& error) {
    throw Error(ErrorKind::usage, explain(app, error));
  }
  return chosen;
}

/// What a library did not expect, in a thread of its own, ends with a message, too.
[[noreturn]] void end_with_message() {
  try {
    if (const std::exception_ptr reason = std::current_exception()) {
      std::rethrow_exception(reason);
    }
    complain("cannot go on");
  } catch (const std::exception& error) {
    complain(std::string("cannot go on: ") + error.what());
  }
  std::_Exit(static_cast<int>(ExitCode::failed));
}

ExitCode run(int argc, char** argv) {
  std::set_terminate(end_with_message);
  try {
    set_up_signals();
    const Verb verb = parse(argc, argv);
    return verb ? verb() : ExitCode::done;
  } catch (const Interrupted&) {
    complain("interrupted");
    return ExitCode::interrupted;
  } catch (const NotFinite& error) {  // the file is as good as any
    complain(error.what());
    return ExitCode::failed;
  } catch (const Error& error) {
    complain(error.what());
    return exit_code_of(error.kind());
  } catch (const std::bad_alloc&) {
    complain("not enough memory");
    return ExitCode::failed;
  } catch (const std::length_error&) {
    complain("not enough memory: more elements than a computer can address");
    return ExitCode::failed;
  } catch (const std::exception& error) {  // the system's: no thread, no file system
    complain(error.what());
    return ExitCode::failed;
  }
}

}  // namespace
}  // namespace nram::cli

// NOLINTNEXTLINE(bugprone-exception-escape): what escapes ends in end_with_message()
int main(int argc, char** argv) { return static_cast<int>(nram::cli::run(argc, argv)); }
