#include "interrupt.hpp"
#include "minimising.hpp"
#include "number.hpp"
#include "output.hpp"
#include "output_file.hpp"
#include "program_input.hpp"
#include "task_source.hpp"
#include "threads.hpp"
#include "unit_option.hpp"
#include "verbs.hpp"
#include "warm_start_option.hpp"

#include <array>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/simplify.hpp>
#include <nram/model-io/compile.hpp>
#include <nram/model-io/model_file.hpp>
#include <nram/model-io/program_file.hpp>

namespace nram::cli {
namespace {

struct MinimiseCommand {
  std::string input;
  std::string output;
  TaskSource source;
  double time = 30.0;
  unsigned threads = 0;
  Settings settings;
  bool json = false;
};

/// What the name of the output asks for; where it does not say, what the input is.
FileKind kind_of_output(const std::string& output, bool is_from_model) {
  const bool is_model =
      output.ends_with(".safetensors") || (is_from_model && !output.ends_with(".json"));
  return is_model ? FileKind::model : FileKind::program;
}

// `start`: a model or a program.
template <typename Start>
auto shortened(const Start& start, const Task& task, const Settings& settings,
               const MinimiseOptions& how) {
  try {
    return minimise_with_progress(start, task, settings, how);
  } catch (const Error&) {
    stop_if_interrupted();  // that is the reason
    throw;
  }
}

struct Start {
  WarmStart from;
  FileKind kind;  ///< of the output
};

Start read_start(const MinimiseCommand& options) {
  require_one_on_stdout(options.output, options.json);
  WarmStart from = read_warm_start(options.input);
  const FileKind kind = kind_of_output(options.output, from.model.has_value());
  require_output(options.output, kind,
                 {{"the program", options.input}, {"the examples", options.source.file()}});
  warn_of_reserve(options.input, from.program.metadata());
  return {std::move(from), kind};
}

void report(const MinimiseCommand& options, Json report, const std::string& text) {
  if (options.json) {
    report["output"] = options.output;
    print_report(report);
  } else {
    const auto write = is_standard_output(options.output) ? print_notes : print_text;
    write(text + fmt::format("written: {}\n", options.output));
  }
}

// What needs no examples. Registers stay: a run may begin with values in them.
ExitCode simplify_program(const MinimiseCommand& options) {
  const Start start = read_start(options);
  const Program& before = start.from.program;
  const Program after = simplify(before);
  if (start.kind == FileKind::model) {
    write_model(compile_to_weights(after, after.metadata()), options.output);
  } else {
    write_program(after, options.output);
  }
  report(options, simplified_json(before, after), simplified_text(before, after));
  return ExitCode::done;
}

// A model that is to become a model keeps its weights where nothing shorter is found.
MinimiseResult minimise_and_write(const MinimiseCommand& options, const WarmStart& start,
                                  FileKind kind, const Task& task) {
  MinimiseOptions how;
  how.threads = options.threads;
  how.time_budget = options.time;
  if (kind == FileKind::model && start.model) {
    MinimisedModel result = shortened(*start.model, task, options.settings, how);
    write_model(result.model, options.output);
    return result;
  }
  MinimiseResult result = shortened(start.program, task, options.settings, how);
  if (kind == FileKind::model) {
    write_model(compile_to_weights(result.program, result.program.metadata()), options.output);
  } else {
    write_program(result.program, options.output);
  }
  return result;
}

ExitCode minimise_program(const MinimiseCommand& options) {
  const auto [start, kind] = read_start(options);
  const auto task = options.source.open(options.source.read());
  limit_threads(options.threads);
  const ResultsAtStake at_stake;
  const MinimiseResult result = minimise_and_write(options, start, kind, *task);
  report(options, minimised_json(result), minimised_text(result));
  if (interrupted()) {
    complain("interrupted; what is written is the best so far");
    return ExitCode::interrupted;
  }
  return ExitCode::done;
}

}  // namespace

void add_minimise(CLI::App& app, Verb& chosen) {
  auto* verb = app.add_subcommand("minimise", "Look for a shorter program that does the same");
  auto options = std::make_shared<MinimiseCommand>();
  verb->add_option(
          "program", options->input,
          "A program (.json), or a model (.safetensors), that is right on the examples, if "
          "there are some")
      ->required()
      ->type_name("FILE");
  options->source.add_to(*verb, TaskSource::Presence::optional);
  verb->add_option("-o,--output", options->output,
                   "What to write: a program (.json; - is stdout) or a model (.safetensors)")
      ->required()
      ->type_name("FILE");
  auto* time =
      verb->add_option("--time", options->time, "How long to look (seconds, or 90s, 5m, 1h30m)")
          ->capture_default_str();
  take_duration(time);
  auto* seed =
      verb->add_option("--seed", options->settings.portfolio.seed, "Looks in another order")
          ->capture_default_str()
          ->check(check_number)
          ->type_name("N");
  add_threads(*verb, options->threads);
  verb->add_flag("--json", options->json, "Report as JSON");
  verb->footer(
      "The program says how many steps each example takes; the search looks for one that is right\n"
      "in fewer. It is taken if it passes the test that training ends with, and does the same on\n"
      "inputs made like the examples. A program that is clean stays clean.\n\n"
      "Without examples, it is simplified only: what surely does the same for every input, in as\n"
      "many steps.\n\n"
      "Examples:\n"
      "  nram minimise copy.safetensors --task copy -o shorter.safetensors\n"
      "  nram minimise mine.json --examples mine.jsonl --time 5m -o shorter.json\n"
      "  nram minimise program.json -o simpler.json");
  verb->callback([options, searching = std::array{time, seed, verb->get_option("--threads")},
                  &chosen] {
    if (options->time <= 0) {
      throw Error(ErrorKind::usage, "--time: there has to be some");
    }
    if (!options->source.is_given()) {
      for (const CLI::Option* option : searching) {
        if (option->count() > 0) {
          throw Error(ErrorKind::usage,
                      fmt::format("{}: there is no search without --task or --examples, which say "
                                  "what has to stay right",
                                  option->get_name()));
        }
      }
      chosen = [options] { return simplify_program(*options); };
      return;
    }
    chosen = [options] { return minimise_program(*options); };
  });
}

}  // namespace nram::cli
